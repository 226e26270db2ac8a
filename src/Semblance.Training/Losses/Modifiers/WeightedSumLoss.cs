using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="WeightedSumLoss"/>.</summary>
public sealed record WeightedSumLossSettings
{
    /// <summary>Gets the weight of each loss; <see langword="null"/>, the default, for 1 each.</summary>
    public IReadOnlyList<float>? Weights { get; init; }
}

/// <summary>
/// Represents the weighted sum of several losses of the same embeddings and the same batch, such as an <see cref="EmbedDistillLoss"/> and a
/// <see cref="SimilarityDistillLoss"/>: the model computes the batch once.
/// </summary>
/// <remarks>
/// Columns and labels are those of the losses, which all take the same ones. Each loss prepares the batch in turn, so at most one of them
/// can use a guide model.
/// </remarks>
public sealed class WeightedSumLoss : Loss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(WeightedSumLoss), ModelOutputKind.SentenceEmbeddings, ["losses", "weights"], (node, context) =>
        {
            var settings = new WeightedSumLossSettings { Weights = MatryoshkaLoss.Weights(node) };
            var nodes = node.Get("losses").Items();
            Objective[] parts = [.. nodes.Select(part => LossRegistry.Create(part, context))];
            Loss[] losses = [.. nodes.Zip(parts, (part, loss) => part.OfVectors(loss is GradientCache cache ? cache.Inner : loss))];

            // With gradient caching, all losses are computed from the embeddings of the whole batch.
            var sum = new WeightedSumLoss(losses, settings);
            var caches = parts.OfType<GradientCache>();
            return caches.Any() ? new GradientCache(sum, caches.Min(cache => cache.MiniBatchTokens)) : sum;
        });

    /// <summary>Initializes a new instance of the <see cref="WeightedSumLoss"/> class.</summary>
    /// <param name="losses">The losses.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There are no losses, or not as many weights as losses.</exception>
    public WeightedSumLoss(IReadOnlyList<Loss> losses, WeightedSumLossSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(losses);
        (Losses, Settings) = ([.. losses], settings ?? new());
        if (losses.Count == 0)
        {
            throw new ArgumentException("There must be at least one loss.", nameof(losses));
        }

        if (Settings.Weights is { } weights && weights.Count != losses.Count)
        {
            throw new ArgumentException($"{weights.Count} weights do not fit {losses.Count} losses.", nameof(settings));
        }

        foreach (var weight in Settings.Weights ?? [])
        {
            Setting.Finite(weight, nameof(Settings.Weights));
        }
    }

    /// <summary>Gets the losses.</summary>
    public IReadOnlyList<Loss> Losses { get; }

    /// <summary>Gets the settings.</summary>
    public WeightedSumLossSettings Settings { get; }

    /// <inheritdoc/>
    /// <remarks>Those of all losses, which have no <see cref="Objective.Inner"/> here.</remarks>
    public override IReadOnlyList<string> Citations =>
        [.. Losses.SelectMany(loss => loss.WithInner()).SelectMany(loss => loss.Citations).Distinct()];

    /// <inheritdoc/>
    public override TrainingBatch Prepare(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var prepared = batch;
        foreach (var loss in Losses)
        {
            var next = loss.Prepare(prepared);
            if (prepared.GuideEmbeddings != batch.GuideEmbeddings && next.GuideEmbeddings != prepared.GuideEmbeddings)
            {
                throw new LossInputException(
                    $"{loss.Name} has a guide model, and so has a loss before it in the {Name}; only one of the losses can have one.");
            }

            prepared = next;
        }

        return prepared;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Losses.Select((loss, i) => run.Scale(loss.Forward(run, input), Settings.Weights?[i] ?? 1)).Aggregate(run.Add);
    }

    /// <inheritdoc/>
    /// <exception cref="LossInputException">The losses need different labels for the same truncated embeddings.</exception>
    public override Tensor? TruncateLabels(LossInput input, int dimension)
    {
        Tensor?[] labels = [.. Losses.Select(loss => loss.TruncateLabels(input, dimension))];
        return labels.Skip(1).All(other => AreEqual(other, labels[0]))
            ? labels[0]
            : throw new LossInputException(
                $"The losses {string.Join(" and ", Losses)} of the {Name} need different labels for embeddings truncated to {dimension} "
                + $"elements; instead of truncating for the {Name}, give it a {nameof(MatryoshkaLoss)} of each loss.");
    }

    /// <inheritdoc/>
    /// <remarks>The names begin with the place of the loss, as in <c>losses.0.projection.weight</c>.</remarks>
    public override IEnumerable<Parameter> Parameters() => Losses.SelectMany(
        (loss, i) => loss.Parameters().Select(parameter => parameter with { Name = $"losses.{i}.{parameter.Name}" }));

    /// <inheritdoc/>
    public override void Save(ITrainableModel model, string folder, DType weights = DType.F32)
    {
        foreach (var loss in Losses)
        {
            loss.Save(model, folder, weights);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({string.Join(", ", Losses)})";

    private static bool AreEqual(Tensor? x, Tensor? y) =>
        x == y || (x is not null && y is not null && x.Shape.SequenceEqual(y.Shape) && x.Values.SequenceEqual(y.Values));
}
