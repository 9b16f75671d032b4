-- How a large queue is counted: by duty and age from the index alone, and what is set aside or escalated
-- without reading how every alert of ten years stands.
CREATE INDEX alerts_by_duty ON alerts (la, status, duty, due);
CREATE INDEX standings_marked ON standings (la, alert_id) WHERE aside <> '' OR escalated <> '';
