// Who did what, newest first, for admins.

import { ScrollText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAudit } from "../../api/access";
import { Button } from "../../components/Button";
import { Card } from "../../components/Page";
import { Empty, ErrorState, Loading } from "../../components/States";
import { Moment } from "../../components/Time";

export function Audit() {
  const { t } = useTranslation();
  const audit = useAudit();
  const entries = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title={t("settings.audit")}>
      <p className="quiet">{t("audit.text")}</p>
      {audit.isPending && <Loading />}
      {audit.error && entries.length === 0 && <ErrorState error={audit.error} onRetry={() => void audit.refetch()} />}
      {audit.data && entries.length === 0 && <Empty icon={ScrollText} title={t("audit.empty")} />}
      {entries.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t("settings.audit")}>
          <table className="table">
            <thead>
              <tr>
                {(["at", "who", "action", "subject", "status", "address"] as const).map((name) => (
                  <th key={name} scope="col">
                    {t(`audit.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.number}>
                  <td>
                    <Moment at={entry.at} />
                  </td>
                  <td>
                    {entry.user_name || "–"} {entry.by && entry.by !== "cookie" && <span className="quiet">{entry.by}</span>}
                  </td>
                  <td>
                    <code>{entry.action}</code>
                  </td>
                  <td>{entry.subject || "–"}</td>
                  <td>
                    <span className={`tag ${entry.status >= 400 ? "tag-bad" : "tag-good"}`}>{entry.status === 0 ? "–" : entry.status}</span>
                  </td>
                  <td>{entry.address}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {audit.hasNextPage && (
        <div className="actions actions-centred">
          <Button isPending={audit.isFetchingNextPage} onPress={() => void audit.fetchNextPage()}>
            {t("search.more")}
          </Button>
        </div>
      )}
    </Card>
  );
}
