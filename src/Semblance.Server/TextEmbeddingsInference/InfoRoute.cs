using Semblance.Modules;
using Semblance.Server.Models;

namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents <c>GET /info</c>, which describes the first model and the limits of the server.</summary>
internal static class InfoRoute
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.Get<TeiInfo>(TeiDialect.Instance, "/info", "Describes the first model and the limits", HandleAsync);

    private static async Task HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var options = services.GetRequiredService<ServerOptions>();
        using var lease = await services.GetRequiredService<ModelHost>().AcquireAsync(null, ModelTask.Any, context.RequestAborted)
            .ConfigureAwait(false);
        var info = new TeiInfo
        {
            ModelId = lease.Name,
            ServedModelName = lease.Name,
            ModelDtype = lease.Model.Compute.ToString().ToLowerInvariant(),
            ModelType = TypeOf(lease.Model),
            MaxConcurrentRequests = options.MaxQueuedTokens,
            MaxInputLength = lease.Model.MaxSequenceLength,
            MaxBatchTokens = options.BatchTokens,
            MaxClientBatchSize = options.MaxInputs,
            AutoTruncate = options.Truncate,
            TokenizationWorkers = Environment.ProcessorCount,
            Version = ServerVersion.Text,
        };
        await JsonBody.WriteAsync(context, info, TeiJson.Default.TeiInfo).ConfigureAwait(false);
    }

    private static Dictionary<string, JsonElement> TypeOf(LoadedModel model)
    {
        if (model.Cross is { } cross)
        {
            var labels = new ModelLabels(
                cross.Labels.Index().ToDictionary(label => FormattableString.Invariant($"{label.Index}"), label => label.Item),
                cross.Labels.Index().DistinctBy(label => label.Item).ToDictionary(label => label.Item, label => label.Index));
            return new() { [cross.Labels.Count == 1 ? "reranker" : "classifier"] = Json(labels, TeiJson.Default.ModelLabels) };
        }

        var pooling = model.Sparse is not null ? "splade"
            : model.Dense?.Modules.OfType<PoolingModule>().FirstOrDefault() is { } module
                ? string.Join('_', module.PoolingModes).ToLowerInvariant()
                : "none";
        return new() { ["embedding"] = Json(new ModelPooling(pooling), TeiJson.Default.ModelPooling) };
    }

    private static JsonElement Json<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToElement(value, type);
}
