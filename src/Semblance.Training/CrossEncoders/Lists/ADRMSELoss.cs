using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the settings of <see cref="ADRMSELoss"/>.</summary>
public sealed record ADRMSELossSettings : CrossEncoderLossSettings
{
    /// <summary>
    /// Gets the temperature of the soft ranks; 1 by default. A lower value is closer to the true ranks. It is the inverse of
    /// sentence-transformers' α.
    /// </summary>
    public float Temperature
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;
}

/// <summary>
/// Represents the approximate discounted rank MSE: the squared difference between each candidate's true rank and its soft rank by score,
/// with discounts that weight the first ranks most (Schlatt et al. 2025, "Rank-DistiLLM", arXiv:2405.07920).
/// </summary>
/// <remarks>
/// A relevance label for each candidate; without labels, the first candidate is 1 and the others are 0. Candidates with equal labels share
/// their mean rank.
/// </remarks>
public sealed class ADRMSELoss(ADRMSELossSettings? settings = null) : CrossEncoderLoss(settings)
{
    private const string Schlatt =
        """
        @inproceedings{schlatt2025rankdistillm,
            title = {Rank-DistiLLM: Closing the Effectiveness Gap Between Cross-Encoders and LLMs for Passage Re-ranking},
            author = {Ferdinand Schlatt and Maik Fr{\"o}be and Harrisen Scells and Shengyao Zhuang and Bevan Koopman and Guido Zuccon and Benno Stein and Martin Potthast and Matthias Hagen},
            booktitle = {Advances in Information Retrieval (ECIR 2025)},
            year = {2025},
            doi = {10.1007/978-3-031-88714-7_31},
            url = {https://arxiv.org/abs/2405.07920}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(ADRMSELoss), ModelOutputKind.Logits, ["temperature", "mini-batch"], (node, _) =>
        {
            var usual = new ADRMSELossSettings();
            return new ADRMSELoss(
                usual with
                {
                    Temperature = node.Number("temperature", usual.Temperature, float.Epsilon, 1e6f),
                    MiniBatchSize = node.MiniBatchSize(usual.MiniBatchSize),
                });
        });

    /// <summary>Gets the settings.</summary>
    public ADRMSELossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Schlatt];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var labels = input.RequireRelevances(this);
        var starts = input.Starts();
        var (own, others, real, place, columns) =
            (new List<int>(), new List<int>(), new List<bool>(), new List<float>(), input.Counts.Max());
        for (var row = 0; row < labels.Length; row++)
        {
            for (var candidate = 0; candidate < labels[row].Length; candidate++)
            {
                var label = labels[row][candidate];
                place.Add(labels[row].Count(other => other > label) + ((labels[row].Count(other => other == label) + 1) / 2f));
                own.AddRange(Enumerable.Repeat(starts[row] + candidate, columns));
                others.AddRange(Enumerable.Range(0, columns).Select(j => starts[row] + Math.Min(j, labels[row].Length - 1)));
                real.AddRange(Enumerable.Range(0, columns).Select(j => j < labels[row].Length && j != candidate));
            }
        }

        // A soft rank is 1 plus the probability of each other candidate to rank before.
        var before = run.Activate(
            run.Scale(
                run.Subtract(
                    run.Gather(input.Logits, [.. others], place.Count, columns), run.Gather(input.Logits, [.. own], place.Count, columns)),
                1 / Settings.Temperature),
            Activation.Sigmoid);
        var counted = Tensor.Zeros(place.Count, columns);
        for (var i = 0; i < counted.Length; i++)
        {
            counted.Writable[i] = real[i] ? 1 : 0;
        }

        var soft = run.Scale(run.RowSums(run.Multiply(before, counted)), 1, 1);
        var errors = run.Square(run.Subtract(soft, Tensor.From([.. place], place.Count, 1)));
        return run.Mean(run.ScaleRows(errors, [.. place.Select(i => 1 / MathF.Log2(1 + i))]));
    }
}
