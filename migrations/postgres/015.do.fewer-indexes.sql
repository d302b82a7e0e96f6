-- Changes are sent by stage, and the oldest is found there, too. Each index of these rows is written twice for a change.
DROP INDEX row_changes_in_order;
