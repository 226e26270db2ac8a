using Semblance.Modules;
using Semblance.Server.Models;

namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents <c>GET /info</c>, which describes the first model and the limits of the server.</summary>
internal static class InfoRoute
{
    /// <summary>The kind of a model that reranks.</summary>
    public const string Reranker = "reranker";

    /// <summary>The kind of a model that classifies.</summary>
    public const string Classifier = "classifier";

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.Get<TeiInfo>(TeiDialect.Instance, "/info", "Describes the first model and the limits", HandleAsync);

    /// <summary>Describes the first model and the limits.</summary>
    /// <param name="services">The services.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static async Task<TeiInfo> DescribeAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<ServerOptions>();
        using var lease = await services.GetRequiredService<ModelHost>().AcquireAsync(null, ModelTask.Any, cancellationToken)
            .ConfigureAwait(false);
        return new TeiInfo
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
    }

    private static async Task HandleAsync(HttpContext context) => await JsonBody.WriteAsync(
        context, await DescribeAsync(context.RequestServices, context.RequestAborted).ConfigureAwait(false), TeiJson.Default.TeiInfo)
        .ConfigureAwait(false);

    private static Dictionary<string, JsonElement> TypeOf(LoadedModel model)
    {
        if (model.Cross is { } cross)
        {
            var labels = new ModelLabels(
                cross.Labels.Index().ToDictionary(label => FormattableString.Invariant($"{label.Index}"), label => label.Item),
                cross.Labels.Index().DistinctBy(label => label.Item).ToDictionary(label => label.Item, label => label.Index));
            return new() { [cross.Labels.Count == 1 ? Reranker : Classifier] = Json(labels, TeiJson.Default.ModelLabels) };
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
