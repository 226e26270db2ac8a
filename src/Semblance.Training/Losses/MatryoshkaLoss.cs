using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Another loss on several lengths of the same vectors, added up, so that vectors can be cut later (Kusupati et al. 2022, arXiv:2205.13147).
/// Columns and labels as the other loss takes them. Each shortened vector is normalised.
/// </summary>
public sealed class MatryoshkaLoss : Loss
{
    private readonly Loss _loss;
    private readonly (int Dimension, float Weight)[] _lengths;
    private readonly int _lengthsPerStep;

    /// <summary>Wraps a loss.</summary>
    /// <param name="loss">What is computed on each length.</param>
    /// <param name="dimensions">The lengths, such as 768, 512, 256, 128, 64.</param>
    /// <param name="weights">What each length counts; 1 each when null.</param>
    /// <param name="dimensionsPerStep">
    /// How many lengths, drawn by chance, each batch is computed on; all when null, and where the computation has no seed to draw from.
    /// </param>
    public MatryoshkaLoss(Loss loss, IReadOnlyList<int> dimensions, IReadOnlyList<float>? weights = null, int? dimensionsPerStep = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(dimensions);
        if (dimensions.Count == 0)
        {
            throw new ArgumentException("There must be at least one length.", nameof(dimensions));
        }

        if (weights is not null && weights.Count != dimensions.Count)
        {
            throw new ArgumentException($"{weights.Count} weights do not fit {dimensions.Count} lengths.", nameof(weights));
        }

        _loss = loss;
        _lengthsPerStep = Positive(dimensionsPerStep ?? int.MaxValue, nameof(dimensionsPerStep));
        _lengths = [.. dimensions.Select((dimension, i) => (Positive(dimension, nameof(dimensions)), Finite(weights?[i] ?? 1, nameof(weights))))];
    }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        Tensor? sum = null;
        foreach (var (dimension, weight) in Sample.Of(run, _lengths, _lengthsPerStep))
        {
            if (dimension > input.Embeddings[0].Columns)
            {
                throw new LossInputException($"{Name} cannot cut vectors of {input.Embeddings[0].Columns} elements to {dimension}.");
            }

            var shortened = input with { Embeddings = [.. input.Embeddings.Select(x => run.Normalize(run.FirstColumns(x, dimension)))] };
            var loss = run.Scale(_loss.Forward(run, shortened), weight);
            sum = sum is null ? loss : run.Add(sum, loss);
        }

        return sum!;
    }

    internal override IReadOnlyList<Tensor>? GuideEmbeddings(TrainingBatch batch) => _loss.GuideEmbeddings(batch);

    /// <inheritdoc/>
    public override void Save(ITrainableModel model, string folder, DType weights = DType.F32) => _loss.Save(model, folder, weights);

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> Parameters() => _loss.Parameters();
}
