using System.Numerics;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="SoftmaxLoss"/>.</summary>
public sealed record SoftmaxLossSettings
{
    /// <summary>Gets the input of the classifier; u, v and |u − v| by default, as in the paper.</summary>
    public Concatenation Concatenation { get; init; } = Concatenation.Vectors | Concatenation.Difference;

    /// <summary>Gets the random seed of a new classifier; 0 by default.</summary>
    public int Seed { get; init; }
}

/// <summary>
/// Represents the classification of sentence pairs: cross-entropy of softmax(W (u, v, |u − v|)), as Sentence-BERT was trained on natural
/// language inference (Reimers and Gurevych 2019, arXiv:1908.10084).
/// </summary>
/// <remarks>
/// Two text columns, with labels from 0 to classes − 1. One text column if the classifier's input is <see cref="Concatenation.Alone"/>.
/// </remarks>
public sealed class SoftmaxLoss : Loss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(SoftmaxLoss), ModelOutputKind.SentenceEmbeddings, ["concatenation"], (node, context) =>
        {
            var usual = new SoftmaxLossSettings { Seed = context.Seed };
            return new SoftmaxLoss(context.Model.OutputDimension, context.Classes(node), usual with
            {
                Concatenation = node.Flags(
                    "concatenation", usual.Concatenation, ("vectors", Concatenation.Vectors), ("difference", Concatenation.Difference),
                    ("product", Concatenation.Product), ("alone", Concatenation.Alone)),
            });
        });

    /// <summary>
    /// Initializes a new instance of the <see cref="SoftmaxLoss"/> class with a new classifier, initialized uniformly in ±1/√inputs.
    /// </summary>
    /// <param name="dimension">The dimension of a sentence embedding.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    public SoftmaxLoss(int dimension, int classes, SoftmaxLossSettings? settings = null)
        : this(
            LossOperations.NewLinear(
                Setting.Positive(dimension, nameof(dimension)) * Parts((settings ?? new()).Concatenation),
                Setting.Positive(classes, nameof(classes)), (settings ?? new()).Seed),
            settings)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="SoftmaxLoss"/> class with an existing classifier.</summary>
    /// <param name="classifier">The linear layer from the concatenated input to the classes.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    public SoftmaxLoss(Linear classifier, SoftmaxLossSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        Settings = settings ?? new();
        if (classifier.Inputs % Parts(Settings.Concatenation) != 0)
        {
            throw new ArgumentException(
                $"A classifier of {classifier.Inputs} inputs does not fit {Parts(Settings.Concatenation)} concatenated vectors.",
                nameof(classifier));
        }

        Classifier = classifier;
        foreach (var parameter in Parameters())
        {
            parameter.IsTrained = true;
        }
    }

    /// <summary>Gets the settings.</summary>
    public SoftmaxLossSettings Settings { get; }

    /// <summary>Gets the classifier, trained with the model and not needed afterward.</summary>
    public Linear Classifier { get; }

    /// <summary>Computes the logits of the classes for each pair.</summary>
    /// <param name="run">The computation that made the embeddings.</param>
    /// <param name="u">The first embeddings: <c>[batch × dimension]</c>.</param>
    /// <param name="v">The second embeddings: <c>[batch × dimension]</c>; <see langword="null"/> for single sentences.</param>
    /// <returns>The logits: <c>[batch × classes]</c>.</returns>
    public Tensor Logits(Computation run, Tensor u, Tensor? v = null)
    {
        if (Settings.Concatenation == Concatenation.Alone)
        {
            return run.Linear(u, Classifier);
        }

        ArgumentNullException.ThrowIfNull(v);
        var parts = new List<Tensor>();
        if (Settings.Concatenation.HasFlag(Concatenation.Vectors))
        {
            parts.AddRange([u, v]);
        }

        if (Settings.Concatenation.HasFlag(Concatenation.Difference))
        {
            parts.Add(run.Abs(run.Subtract(u, v)));
        }

        if (Settings.Concatenation.HasFlag(Concatenation.Product))
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
        var columns = Settings.Concatenation == Concatenation.Alone ? 1 : 2;
        input.RequireColumns(this, columns, columns);
        return run.CrossEntropy(
            Logits(run, input.Embeddings[0], input.Embeddings.ElementAtOrDefault(1)), input.RequireClasses(this, Classifier.Outputs));
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => Classifier.Parameters("classifier");

    // Vectors has two parts, the others one each.
    private static int Parts(Concatenation concatenation) =>
        concatenation == Concatenation.Alone ? 1
        : concatenation is > 0 and <= (Concatenation.Vectors | Concatenation.Difference | Concatenation.Product)
            ? BitOperations.PopCount((uint)concatenation) + (concatenation.HasFlag(Concatenation.Vectors) ? 1 : 0)
            : throw new ArgumentOutOfRangeException(nameof(concatenation));
}
