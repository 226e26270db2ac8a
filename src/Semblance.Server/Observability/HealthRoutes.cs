using Semblance.Server.Models;

namespace Semblance.Server.Observability;

/// <summary>Represents the routes that say how the server is, which need no API key.</summary>
internal static class HealthRoutes
{
    private static readonly Dialect Common = TextEmbeddingsInference.TeiDialect.Instance;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.GetOpen(Common, "/health", "Answers 200 while the server runs", _ => Task.CompletedTask);
        routes.GetOpen(Common, "/ping", "Answers 200 while the server runs", _ => Task.CompletedTask);
        routes.GetOpen(Common, "/ready", "Answers 200 if the first model is loaded, and 503 before", ReadyAsync);
        routes.GetOpen(Common, "/metrics", "Returns the metrics in the text format of Prometheus", context =>
        {
            context.Response.ContentType = PrometheusText.ContentType;
            return context.Response.WriteAsync(context.RequestServices.GetRequiredService<PrometheusText>().Write());
        });
    }

    private static Task ReadyAsync(HttpContext context) => context.RequestServices.GetRequiredService<ModelHost>().IsReady
        ? Task.CompletedTask
        : throw new RequestException(new ServerError(ErrorKind.Unavailable, "The first model is not loaded yet."));
}
