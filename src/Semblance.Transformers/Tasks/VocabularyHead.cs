using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Tasks;

/// <summary>Represents a head over the vocabulary, which computes one logit for each token id at each token.</summary>
public abstract class VocabularyHead : TaskHead
{
    /// <summary>Gets the last layer, from <see cref="Transform"/> to the vocabulary.</summary>
    public abstract Linear Decoder { get; }

    /// <summary>
    /// Creates the last layer, with the body's table of word embeddings if <c>tie_word_embeddings</c> says so; otherwise, with a weight of
    /// its own.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="own">The builder of the head.</param>
    /// <param name="name">The name of the weight.</param>
    /// <param name="tied"><see langword="true"/> to share the table if the configuration does not specify it.</param>
    /// <param name="bias">The bias, <c>[vocabulary]</c>, or <see langword="null"/>. <see langword="null"/> by default.</param>
    public static Linear Last(Transformer body, ConfigurationFile config, ModelParameters own, string name, bool tied, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(own);
        var words = config.Flag("tie_word_embeddings", tied) ? body.WordEmbeddings.Weight : own.Tensor(name, body.VocabularySize, body.HiddenSize);
        return new Linear(words, own.Check() ? bias : null);
    }

    /// <summary>Computes the input of the last layer.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>: all tokens, or those to predict.</param>
    /// <returns><c>[tokens × inputs of the last layer]</c>; the hidden states themselves if there are no layers before the last.</returns>
    public abstract Tensor Transform(Computation run, Tensor hidden);

    /// <summary>Computes the logits.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>: all tokens, or those to predict.</param>
    /// <returns><c>[tokens × vocabulary]</c>.</returns>
    public Tensor Logits(Computation run, Tensor hidden)
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

    /// <returns><c>[tokens × vocabulary]</c>.</returns>
    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch) => Logits(run, hidden);
}
