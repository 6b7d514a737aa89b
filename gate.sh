
assistant eval gate --json /tmp/signable/g.json > /tmp/signable/g.txt 2>&1; tail -1 /tmp/signable/g.txt
python - <<'P'
import json
g=json.load(open('/tmp/signable/g.json'))
m=g['runs'][0]['metrics'] if 'metrics' in g['runs'][0] else g['runs'][0]
print({k:round(m[k]['value'],3) for k in('verdict_accuracy','point_coverage','provision_recall','provision_precision','source_recall','abstention_f1','answer_words','wrong_date_citations','citation_recall','citation_precision')})
P
