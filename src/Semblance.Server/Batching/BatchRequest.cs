using Semblance.Modules;

namespace Semblance.Server.Batching;

/// <summary>Represents the texts of one request in the queue of the <see cref="Batcher"/>, whose lock guards the settable members.</summary>
internal abstract class BatchRequest
{
    private protected BatchRequest(BatchComputation computation, IReadOnlyList<TokenizedText> texts)
    {
        (Computation, Texts, Unfinished) = (computation, texts, texts.Count);
        WaitingTokens = texts.Sum(text => (long)Cost(text));
        TokenCount = WaitingTokens;
    }

    /// <summary>Gets what is computed for the texts.</summary>
    public BatchComputation Computation { get; }

    /// <summary>Gets the texts.</summary>
    public IReadOnlyList<TokenizedText> Texts { get; }

    /// <summary>Gets the number of tokens of all texts.</summary>
    public long TokenCount { get; }

    /// <summary>Gets or sets the index of the first text that no batch has taken.</summary>
    public int Next { get; set; }

    /// <summary>Gets or sets the number of texts without a result.</summary>
    public int Unfinished { get; set; }

    /// <summary>Gets or sets the number of tokens that no batch has taken.</summary>
    public long WaitingTokens { get; set; }

    /// <summary>Gets the number of tokens that batches have taken.</summary>
    public long TakenTokens => TokenCount - WaitingTokens;

    /// <summary>Gets or sets a value that indicates whether the request has ended: finished, failed or canceled.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Gets or sets the time at which the request entered the queue, as a timestamp.</summary>
    public long Queued { get; set; }

    /// <summary>Gets or sets the time at which a batch took the first text, as a timestamp; 0 before.</summary>
    public long Started { get; set; }

    /// <summary>Gets or sets the time at which the last result was stored, as a timestamp; 0 before.</summary>
    public long Finished { get; set; }

    /// <summary>Returns the share of a text in the budget of a batch: its tokens; 1 for a text without tokens.</summary>
    public static int Cost(TokenizedText text) => Math.Max(1, text.Ids.Length);

    /// <summary>Hands the results to the caller.</summary>
    public abstract void Complete();

    /// <summary>Hands an exception to the caller.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Ends the request because its caller has left.</summary>
    public abstract void Cancel(CancellationToken cancellationToken);
}
