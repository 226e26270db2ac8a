using System.Numerics;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Classification of sentence pairs: softmax(W (u, v, |u − v|)) and cross-entropy, as Sentence-BERT was trained on natural language
/// inference (Reimers and Gurevych 2019, arXiv:1908.10084). Two text columns, labels 0 to classes − 1; one text column where the classifier sees
/// single sentences (<see cref="Concatenation.Alone"/>).
/// </summary>
public sealed class SoftmaxLoss : Loss
{
    /// <summary>What the classifier sees unless something else is asked for: u, v and |u − v|, as in the paper.</summary>
    public const Concatenation DefaultConcatenation = Concatenation.Vectors | Concatenation.Difference;

    /// <summary>Makes the loss with a new classifier, uniform in ±1/√inputs.</summary>
    /// <param name="dimension">The elements of a sentence vector.</param>
    /// <param name="classes">How many labels there are.</param>
    /// <param name="concatenation">What the classifier sees.</param>
    /// <param name="seed">Where the random weights begin.</param>
    public SoftmaxLoss(int dimension, int classes, Concatenation concatenation = DefaultConcatenation, int seed = 0)
        : this(LossOperations.NewLinear(Positive(dimension) * Parts(concatenation), Positive(classes), seed), concatenation)
    {
    }

    /// <summary>Makes the loss with a given classifier.</summary>
    /// <param name="classifier">From all that <paramref name="concatenation"/> puts side by side to the classes.</param>
    /// <param name="concatenation">What the classifier sees.</param>
    public SoftmaxLoss(Linear classifier, Concatenation concatenation = DefaultConcatenation)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        if (classifier.Inputs % Parts(concatenation) != 0)
        {
            throw new ArgumentException($"A classifier of {classifier.Inputs} inputs does not fit {Parts(concatenation)} vectors side by side.", nameof(classifier));
        }

        Classifier = classifier;
        Concatenation = concatenation;
        foreach (var (_, parameter) in Parameters())
        {
            parameter.RequiresGradient = true;
        }
    }

    /// <summary>Gets what the classifier sees.</summary>
    public Concatenation Concatenation { get; }

    /// <summary>The classifier, trained with the model and not needed after.</summary>
    public Linear Classifier { get; }

    /// <summary>The scores of the classes for each pair, before softmax.</summary>
    /// <param name="run">The computation that made the vectors.</param>
    /// <param name="u"><c>[batch × dimension]</c>.</param>
    /// <param name="v"><c>[batch × dimension]</c>; null for single sentences.</param>
    /// <returns><c>[batch × classes]</c>.</returns>
    public Tensor Logits(Computation run, Tensor u, Tensor? v = null)
    {
        if (Concatenation == Concatenation.Alone)
        {
            return run.Linear(u, Classifier);
        }

        ArgumentNullException.ThrowIfNull(v);
        var parts = new List<Tensor>();
        if (Concatenation.HasFlag(Concatenation.Vectors))
        {
            parts.AddRange([u, v]);
        }

        if (Concatenation.HasFlag(Concatenation.Difference))
        {
            parts.Add(run.Abs(run.Subtract(u, v)));
        }

        if (Concatenation.HasFlag(Concatenation.Product))
        {
            parts.Add(run.Multiply(u, v));
        }

        return run.Linear(run.ConcatenateColumns(parts), Classifier);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.SentenceBert];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = Concatenation == Concatenation.Alone ? 1 : 2;
        input.RequireColumns(this, columns, columns);
        return run.CrossEntropy(Logits(run, input.Embeddings[0], input.Embeddings.ElementAtOrDefault(1)), input.RequireClasses(this, Classifier.Outputs));
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => Classifier.Parameters("classifier");

    // u and v are two, the others one each.
    private static int Parts(Concatenation concatenation) =>
        concatenation == Concatenation.Alone ? 1
        : concatenation is > 0 and <= (Concatenation.Vectors | Concatenation.Difference | Concatenation.Product)
            ? BitOperations.PopCount((uint)concatenation) + (concatenation.HasFlag(Concatenation.Vectors) ? 1 : 0)
            : throw new ArgumentOutOfRangeException(nameof(concatenation));
}
