using Grpc.Core;
using Semblance.Server.TextEmbeddingsInference;

namespace Semblance.Server.Rpc;

/// <summary>Represents the service <c>Info</c>, which describes the first model and the limits of the server.</summary>
internal sealed class InfoService(IServiceProvider services) : Info.InfoBase
{
    /// <inheritdoc/>
    public override async Task<InfoResponse> Info(InfoRequest request, ServerCallContext context)
    {
        var info = await InfoRoute.DescribeAsync(services, context.CancellationToken).ConfigureAwait(false);
        return new InfoResponse
        {
            Version = info.Version,
            ModelId = info.ModelId,
            ModelDtype = info.ModelDtype,
            ModelType = info.ModelType.ContainsKey(InfoRoute.Reranker) ? ModelType.Reranker
                : info.ModelType.ContainsKey(InfoRoute.Classifier) ? ModelType.Classifier
                : ModelType.Embedding,
            MaxConcurrentRequests = RpcValues.Saturated(info.MaxConcurrentRequests),
            MaxInputLength = RpcValues.Saturated(info.MaxInputLength),
            MaxBatchTokens = RpcValues.Saturated(info.MaxBatchTokens),
            MaxClientBatchSize = RpcValues.Saturated(info.MaxClientBatchSize),
            TokenizationWorkers = RpcValues.Saturated(info.TokenizationWorkers),
        };
    }
}
