using Semblance.Modules;

namespace Semblance.Server.Batching;

/// <summary>Represents a request with a result of a given type for each text.</summary>
/// <typeparam name="TResult">The type of the result of a text.</typeparam>
internal sealed class BatchRequest<TResult>(BatchComputation<TResult> computation, IReadOnlyList<TokenizedText> texts)
    : BatchRequest(computation, texts)
{
    private readonly TaskCompletionSource<TResult[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the results of the texts; elements without a result have the default value.</summary>
    public TResult[] Results { get; } = new TResult[texts.Count];

    /// <summary>Gets the task that ends with the request.</summary>
    public Task<TResult[]> Completion => _completion.Task;

    /// <inheritdoc/>
    public override void Complete() => _completion.TrySetResult(Results);

    /// <inheritdoc/>
    public override void Fail(Exception exception) => _completion.TrySetException(exception);

    /// <inheritdoc/>
    public override void Cancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}
