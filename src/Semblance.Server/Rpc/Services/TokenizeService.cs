using Grpc.Core;
using Semblance.Server.Models;
using Semblance.Server.TextEmbeddingsInference;

namespace Semblance.Server.Rpc;

/// <summary>Represents the service <c>Tokenize</c>, which divides a text into tokens and converts token ids to a text.</summary>
internal sealed class TokenizeService(ModelHost models) : Tokenize.TokenizeBase
{
    /// <inheritdoc/>
    public override Task<EncodeResponse> Tokenize(EncodeRequest request, ServerCallContext context) =>
        EncodeAsync(request, context.CancellationToken);

    /// <inheritdoc/>
    public override Task TokenizeStream(
        IAsyncStreamReader<EncodeRequest> requestStream, IServerStreamWriter<EncodeResponse> responseStream, ServerCallContext context) =>
        RpcStreams.AnswerAsync(requestStream, responseStream, EncodeAsync, context.CancellationToken);

    /// <inheritdoc/>
    public override Task<DecodeResponse> Decode(DecodeRequest request, ServerCallContext context) =>
        DecodeAsync(request, context.CancellationToken);

    /// <inheritdoc/>
    public override Task DecodeStream(
        IAsyncStreamReader<DecodeRequest> requestStream, IServerStreamWriter<DecodeResponse> responseStream, ServerCallContext context) =>
        RpcStreams.AnswerAsync(requestStream, responseStream, DecodeAsync, context.CancellationToken);

    private async Task<EncodeResponse> EncodeAsync(EncodeRequest request, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(null, ModelTask.Any, cancellationToken).ConfigureAwait(false);
        var tokens = TokenizeRoutes.Tokens(
            lease.Model, request.Inputs, request.HasPromptName ? request.PromptName : null, request.AddSpecialTokens);
        return new EncodeResponse { Tokens = { tokens.Select(Simple) } };
    }

    private async Task<DecodeResponse> DecodeAsync(DecodeRequest request, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(null, ModelTask.Any, cancellationToken).ConfigureAwait(false);
        int[] ids = [.. request.Ids.Select(id => (int)Math.Min(id, int.MaxValue))];
        return new DecodeResponse
        {
            Text = ids.Length > 0
                ? TokenizeRoutes.Decode(lease.Model.Tokenizer, ids, request.SkipSpecialTokens)
                : throw RequestException.Empty("ids"),
        };
    }

    private static SimpleToken Simple(TeiToken token)
    {
        var simple = new SimpleToken { Id = (uint)token.Id, Text = token.Text, Special = token.Special };
        if (token is { Start: { } start, Stop: { } stop })
        {
            (simple.Start, simple.Stop) = ((uint)start, (uint)stop);
        }

        return simple;
    }
}
