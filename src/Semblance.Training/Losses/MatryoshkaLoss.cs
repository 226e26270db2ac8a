using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Another loss on several lengths of the same vectors, added up, so that vectors can be cut later (Kusupati et al. 2022, arXiv:2205.13147).
/// Columns and labels as the other loss takes them. Each shortened vector is normalised; a teacher's vectors, where they are the labels, are cut to the
/// same length.
/// </summary>
public sealed class MatryoshkaLoss : Loss
{
    private readonly Loss _loss;
    private readonly (int Dimension, float Weight)[] _lengths;

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
        Positive(dimensionsPerStep ?? 1, nameof(dimensionsPerStep));
        DimensionsPerStep = dimensionsPerStep;
        _lengths = [.. dimensions.Select((dimension, i) => (Positive(dimension, nameof(dimensions)), Finite(weights?[i] ?? 1, nameof(weights))))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Kusupati];

    /// <inheritdoc/>
    public override Objective? Inner => _loss;

    /// <summary>Gets the lengths.</summary>
    public IReadOnlyList<int> Dimensions => Array.ConvertAll(_lengths, length => length.Dimension);

    /// <summary>Gets what each length counts.</summary>
    public IReadOnlyList<float> Weights => Array.ConvertAll(_lengths, length => length.Weight);

    /// <summary>Gets how many lengths each batch is computed on; null for all.</summary>
    public int? DimensionsPerStep { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        Tensor? sum = null;
        foreach (var (dimension, weight) in Sample.Of(run, _lengths, DimensionsPerStep ?? int.MaxValue))
        {
            if (dimension > input.Embeddings[0].Columns)
            {
                throw new LossInputException($"{Name} cannot cut vectors of {input.Embeddings[0].Columns} elements to {dimension}.");
            }

            var shortened = input with
            {
                Embeddings = [.. input.Embeddings.Select(x => run.Normalize(run.FirstColumns(x, dimension)))],
                Labels = _loss.CutLabels(input, dimension),
            };
            var loss = run.Scale(_loss.Forward(run, shortened), weight);
            sum = sum is null ? loss : run.Add(sum, loss);
        }

        return sum!;
    }

    internal override Tensor? CutLabels(LossInput input, int dimension) => _loss.CutLabels(input, dimension);

    internal override IReadOnlyList<Tensor>? GuideEmbeddings(TrainingBatch batch) => _loss.GuideEmbeddings(batch);

    /// <inheritdoc/>
    public override void Save(ITrainableModel model, string folder, DType weights = DType.F32) => _loss.Save(model, folder, weights);

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => _loss.Parameters();
}
