-- What is counted at every scrape of the metrics.
CREATE INDEX uploads_by_status ON uploads (status);
CREATE INDEX upload_steps_unregistered ON upload_steps (reason) WHERE kind = 'webhooks' AND status = 'failed';
