using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="AdversarialLoss"/>.</summary>
public sealed record AdversarialLossSettings
{
    /// <summary>Gets the method; <see cref="AdversarialMethod.FastGradient"/> by default.</summary>
    public AdversarialMethod Method
    {
        get;
        init => field = Setting.Defined(value);
    }

    /// <summary>Gets the length of the change, or its largest length with several steps; 1 by default.</summary>
    public float Epsilon
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;

    /// <summary>Gets the length of one of several steps; 0.3 by default.</summary>
    public float StepSize
    {
        get;
        init => field = Setting.Positive(value);
    } = 0.3f;

    /// <summary>Gets the number of steps of the methods with several; 3 by default.</summary>
    public int Steps
    {
        get;
        init => field = Setting.Positive(value);
    } = 3;
}

/// <summary>
/// Represents a loss that is also trained where the word embeddings are changed to raise it: adversarial training, for a model that depends
/// less on single words.
/// </summary>
/// <remarks>
/// The change is of the table of word embeddings, along the gradient of the batch, and is undone after the batch. Columns, labels and the
/// reported value are those of the wrapped loss. A batch costs one more pass, or as many as there are steps.
/// </remarks>
public sealed class AdversarialLoss : Objective
{
    private const string Miyato =
        """
        @misc{miyato2017adversarial,
            title = {Adversarial Training Methods for Semi-Supervised Text Classification},
            author = {Takeru Miyato and Andrew M. Dai and Ian Goodfellow},
            year = {2017},
            eprint = {1605.07725},
            archivePrefix = {arXiv},
            primaryClass = {stat.ML}
        }
        """;

    private readonly Objective _loss;

    /// <summary>Initializes a new instance of the <see cref="AdversarialLoss"/> class.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    public AdversarialLoss(Objective loss, AdversarialLossSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        (_loss, Settings) = (loss, settings ?? new());
    }

    /// <summary>Gets the settings.</summary>
    public AdversarialLossSettings Settings { get; }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => _loss.OutputKind;

    /// <inheritdoc/>
    public override Objective Inner => _loss;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Miyato];

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        RequireOutputs(batch);
        var words = batch.Model.Body?.WordEmbeddings.Weight;
        if (words is not { RequiresGradient: true })
        {
            throw new LossInputException(
                $"{Name} changes the word embeddings, and those of the model are not trained or do not exist; train them, or use the loss "
                + $"{_loss} alone.");
        }

        var original = words.Values.ToArray();
        try
        {
            return Settings.Method switch
            {
                AdversarialMethod.FastGradient => FastGradient(batch, words),
                AdversarialMethod.ProjectedGradient => ProjectedGradient(batch, words, original),
                _ => FreeLargeBatch(batch, words, original),
            };
        }
        finally
        {
            original.CopyTo(words.Writable);
        }
    }

    /// <summary>Returns the descriptor of the loss for recipes, for models with an output.</summary>
    internal static LossDescriptor Descriptor(ModelOutputKind outputs) => new(
        nameof(AdversarialLoss), outputs, ["loss", "method", "epsilon", "step-size", "steps"], (node, context) =>
        {
            var usual = new AdversarialLossSettings();
            return new AdversarialLoss(LossRegistry.Create(node.Get("loss"), context), usual with
            {
                Method = node.Find("method")?.OneOf(
                    ("fgm", AdversarialMethod.FastGradient), ("pgd", AdversarialMethod.ProjectedGradient),
                    ("freelb", AdversarialMethod.FreeLargeBatch)) ?? usual.Method,
                Epsilon = node.Number("epsilon", usual.Epsilon, float.Epsilon, 1e6f),
                StepSize = node.Number("step-size", usual.StepSize, float.Epsilon, 1e6f),
                Steps = node.Find("steps")?.Count() ?? usual.Steps,
            });
        });

    private double FastGradient(TrainingBatch batch, Tensor words)
    {
        var value = Backward(batch, words, out var gradient);
        Move(words, gradient, Settings.Epsilon);
        _loss.Backward(batch);
        return value;
    }

    private double ProjectedGradient(TrainingBatch batch, Tensor words, float[] original)
    {
        var value = Backward(batch, words, out var gradient);
        for (var step = 1; ; step++)
        {
            Step(words, gradient, original);
            if (step == Settings.Steps)
            {
                _loss.Backward(batch);
                return value;
            }

            // Only the last step counts: the gradients of the others are for the next one.
            Tensor[] parameters = [.. batch.Model.Parameters().Concat(_loss.Parameters()).Select(parameter => parameter.Value)];
            var kept = Array.ConvertAll(parameters, parameter => parameter.Gradient is { } before ? Tensor.From(before) : null);
            Backward(batch, words, out gradient);
            for (var i = 0; i < parameters.Length; i++)
            {
                parameters[i].Gradient = kept[i];
            }
        }
    }

    private double FreeLargeBatch(TrainingBatch batch, Tensor words, float[] original)
    {
        var part = batch with { Scale = batch.Scale / Settings.Steps };
        var sum = 0.0;
        for (var step = 1; step <= Settings.Steps; step++)
        {
            sum += Backward(part, words, out var gradient);
            Step(words, gradient, original);
        }

        return sum / Settings.Steps;
    }

    // Computes the loss, whose gradients are added to those of the parameters, and returns that of the word embeddings alone.
    private double Backward(TrainingBatch batch, Tensor words, out float[] gradient)
    {
        var before = words.Gradient is { } kept ? Tensor.From(kept) : null;
        words.Gradient = null;
        var value = _loss.Backward(batch);
        gradient = words.Gradient?.Values.ToArray() ?? new float[words.Length];
        if (before is not null)
        {
            TensorPrimitives.Add(before.Values, gradient, before.Writable);
            words.Gradient = before;
        }

        return value;
    }

    private void Step(Tensor words, float[] gradient, float[] original)
    {
        Move(words, gradient, Settings.StepSize);
        var change = new float[original.Length];
        TensorPrimitives.Subtract(words.Values, original, change);
        var length = TensorPrimitives.Norm<float>(change);
        if (length > Settings.Epsilon)
        {
            TensorPrimitives.MultiplyAdd(change, Settings.Epsilon / length, original, words.Writable);
        }
    }

    private static void Move(Tensor words, float[] gradient, float length)
    {
        var norm = TensorPrimitives.Norm<float>(gradient);
        if (norm > 0 && float.IsFinite(norm))
        {
            TensorPrimitives.MultiplyAdd(gradient, length / norm, words.Values, words.Writable);
        }
    }
}
