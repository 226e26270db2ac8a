using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>A head whose last layer leads to the vocabulary: one logit for each word at each token.</summary>
public abstract class VocabularyHead : TaskHead
{
    private protected VocabularyHead()
    {
    }

    /// <summary>The last layer, from <see cref="Transform"/> to the vocabulary.</summary>
    public abstract Linear Decoder { get; }

    /// <summary>What stands before the last layer.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>: all tokens, or those that are to be predicted.</param>
    /// <returns><c>[tokens × inputs of the last layer]</c>.</returns>
    public abstract Tensor Transform(Computation run, Tensor hidden);

    /// <returns><c>[tokens × vocabulary]</c>.</returns>
    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(run);
        var transformed = Transform(run, hidden); // [tokens × inputs of the last layer]
        var logits = run.Linear(transformed, Decoder);
        if (transformed != hidden)
        {
            transformed.Dispose();
        }

        return logits;
    }
}
