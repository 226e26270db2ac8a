using Grpc.Core;

namespace Semblance.Server.Rpc;

/// <summary>Represents the service <c>Predict</c>, which classifies a text or a pair of texts.</summary>
internal sealed class PredictService(Inference.RerankService reranker) : Predict.PredictBase
{
    /// <inheritdoc/>
    public override Task<PredictResponse> Predict(PredictRequest request, ServerCallContext context) =>
        TextAsync(request, context.CancellationToken);

    /// <inheritdoc/>
    public override Task PredictStream(
        IAsyncStreamReader<PredictRequest> requestStream, IServerStreamWriter<PredictResponse> responseStream, ServerCallContext context) =>
        RpcStreams.AnswerAsync(requestStream, responseStream, TextAsync, context.CancellationToken);

    /// <inheritdoc/>
    public override Task<PredictResponse> PredictPair(PredictPairRequest request, ServerCallContext context) =>
        PairAsync(request, context.CancellationToken);

    /// <inheritdoc/>
    public override Task PredictPairStream(
        IAsyncStreamReader<PredictPairRequest> requestStream, IServerStreamWriter<PredictResponse> responseStream,
        ServerCallContext context) =>
        RpcStreams.AnswerAsync(requestStream, responseStream, PairAsync, context.CancellationToken);

    private Task<PredictResponse> TextAsync(PredictRequest request, CancellationToken cancellationToken) => ClassifyAsync(
        RpcValues.Checked(request.Inputs, request.TruncationDirection), null, request.RawScores, request.Truncate, cancellationToken);

    private Task<PredictResponse> PairAsync(PredictPairRequest request, CancellationToken cancellationToken) => request.Inputs.Count is 1 or 2
        ? ClassifyAsync(
            RpcValues.Checked(request.Inputs[0], request.TruncationDirection), request.Inputs.ElementAtOrDefault(1), request.RawScores,
            request.Truncate, cancellationToken)
        : throw RequestException.Validation($"`inputs` must have a single or two elements. Given: {request.Inputs.Count}", "inputs");

    private async Task<PredictResponse> ClassifyAsync(
        string text, string? pair, bool rawScores, bool truncate, CancellationToken cancellationToken)
    {
        var (result, labels) = await reranker.ClassifyAsync(null, [(text, pair)], rawScores, truncate, cancellationToken).ConfigureAwait(false);
        var predictions = result.Results[0].Select((score, i) => new Prediction { Score = score, Label = labels[i] })
            .OrderByDescending(prediction => prediction.Score);
        return new PredictResponse { Predictions = { predictions }, Metadata = RpcValues.Metadata(result.Usage) };
    }
}
