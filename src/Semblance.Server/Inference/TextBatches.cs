using Semblance.Modules;
using Semblance.Server.Batching;
using Semblance.Server.Models;
using Semblance.Server.Observability;
using Semblance.Tokenizers;

namespace Semblance.Server.Inference;

/// <summary>Tokenizes the texts of a request on threads of the pool and computes them in batches with those of other requests.</summary>
internal sealed class TextBatches(Batcher batcher, ServerOptions options, ServerMetrics metrics, TimeProvider time)
{
    private const int CharactersInline = 4096; // beyond that, tokenization leaves the thread of the connection
    private const int TextsBetweenChecks = 64;

    /// <summary>Computes the results of texts.</summary>
    /// <typeparam name="TResult">The type of the result of a text.</typeparam>
    /// <param name="operation">The name of the operation, for metrics.</param>
    /// <param name="lease">The model.</param>
    /// <param name="computation">What is computed.</param>
    /// <param name="lengths">The number of characters of each text.</param>
    /// <param name="tokenize">Returns the tokens of the text at an index.</param>
    /// <param name="cancellationToken">The token that cancels the request.</param>
    /// <exception cref="RequestException">There are too many texts, or one is too long.</exception>
    /// <exception cref="QueueFullException">The queue has no room.</exception>
    public Task<InferenceResult<TResult>> RunAsync<TResult>(
        string operation, ModelLease lease, BatchComputation<TResult> computation, IReadOnlyList<int> lengths,
        Func<int, TokenizedText> tokenize, CancellationToken cancellationToken) =>
        RunAsync(operation, lease, computation, lengths, () => Each(lengths.Count, tokenize, cancellationToken), cancellationToken);

    /// <summary>Computes the results of the windows into which texts are divided.</summary>
    /// <param name="operation">The name of the operation, for metrics.</param>
    /// <param name="lease">The model.</param>
    /// <param name="computation">What is computed.</param>
    /// <param name="lengths">The number of characters of each text.</param>
    /// <param name="divide">Returns the windows of the text at an index.</param>
    /// <param name="cancellationToken">The token that cancels the request.</param>
    /// <returns>The windows of each text with their results.</returns>
    /// <exception cref="RequestException">There are too many texts, or one is too long.</exception>
    /// <exception cref="QueueFullException">The queue has no room.</exception>
    public async Task<InferenceResult<IReadOnlyList<(Encoding Tokens, float[] Result)>>> RunWindowsAsync(
        string operation, ModelLease lease, BatchComputation<float[]> computation, IReadOnlyList<int> lengths,
        Func<int, IReadOnlyList<Encoding>> divide, CancellationToken cancellationToken)
    {
        IReadOnlyList<Encoding>[] windows = [];
        TokenizedText[] Tokenize()
        {
            windows = Each(lengths.Count, divide, cancellationToken);
            return [.. windows.SelectMany(own => own.Select(TokenizedText.Of))];
        }

        var flat = await RunAsync(operation, lease, computation, lengths, Tokenize, cancellationToken).ConfigureAwait(false);
        var next = 0;
        return new InferenceResult<IReadOnlyList<(Encoding, float[])>>(
            flat.Model, [.. windows.Select(own => own.Select(window => (window, flat.Results[next++])).ToArray())], flat.Usage);
    }

    private async Task<InferenceResult<TResult>> RunAsync<TResult>(
        string operation, ModelLease lease, BatchComputation<TResult> computation, IReadOnlyList<int> lengths,
        Func<TokenizedText[]> tokenize, CancellationToken cancellationToken)
    {
        Check(lengths);
        batcher.ThrowIfFull();
        using var activity = ServerMetrics.Activities.StartActivity($"{operation} {lease.Name}");
        activity?.SetTag("gen_ai.operation.name", operation).SetTag("gen_ai.request.model", lease.Name);
        var started = time.GetTimestamp();
        var characters = lengths.Sum(length => (long)length);
        var texts = characters <= CharactersInline
            ? tokenize()
            : await Task.Run(tokenize, cancellationToken).ConfigureAwait(false);
        var tokenization = time.GetElapsedTime(started);
        var request = new BatchRequest<TResult>(computation, texts);
        var results = await batcher.RunAsync(request, cancellationToken).ConfigureAwait(false);
        var timings = new Timings(
            tokenization, time.GetElapsedTime(request.Queued, request.Started), time.GetElapsedTime(request.Started, request.Finished));
        int[] truncated = [.. Enumerable.Range(0, texts.Length).Where(i => texts[i].IsTruncated)];
        var usage = new Usage(texts.Sum(text => (long)text.Ids.Length), characters, truncated, timings) { LoadTime = lease.LoadTime };
        activity?.SetTag("gen_ai.usage.input_tokens", usage.Tokens);
        metrics.AddRequest(operation, lease.Name, usage.Tokens, truncated.Length, timings.Queue);
        return new InferenceResult<TResult>(lease.Name, results, usage);
    }

    private void Check(IReadOnlyList<int> lengths)
    {
        if (lengths.Count > options.MaxInputs)
        {
            throw RequestException.Validation($"batch size {lengths.Count} > maximum allowed batch size {options.MaxInputs}");
        }

        for (var i = 0; i < lengths.Count; i++)
        {
            if (lengths[i] > options.MaxTextLength)
            {
                throw RequestException.Validation(
                    $"The text at index {i} has {lengths[i]} characters; the server accepts at most {options.MaxTextLength}.");
            }
        }
    }

    private static T[] Each<T>(int count, Func<int, T> tokenize, CancellationToken cancellationToken)
    {
        var texts = new T[count];
        for (var i = 0; i < count; i++)
        {
            if (i % TextsBetweenChecks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            try
            {
                texts[i] = tokenize(i);
            }
            catch (TextTooLongException e)
            {
                throw new RequestException(new ServerError(ErrorKind.TooLong, new TextTooLongException(i, e.Limit, e.TokenCount).Message)
                {
                    Limit = e.Limit,
                    TokenCount = e.TokenCount,
                });
            }
        }

        return texts;
    }
}
