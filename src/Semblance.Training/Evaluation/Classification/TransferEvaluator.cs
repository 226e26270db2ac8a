using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>
/// Evaluates the transfer of embeddings to classification: the accuracy of a logistic regression on the frozen embeddings, as in SentEval
/// (Conneau and
/// Kiela 2018, arXiv:1803.05449).
/// </summary>
/// <remarks>
/// Metrics: <c>accuracy</c>, the primary one, and <c>dev_accuracy</c>, the accuracy on the development set, which selects the
/// regularization. Without a
/// test set, both are means over the folds of a cross-validation: each fold is tested once, the next fold selects the regularization, and
/// the
/// classifier is then trained on all other folds (SentEval runs a nested cross-validation at ten times the cost). The features of a pair of
/// texts u and
/// v are |u − v| and u ∘ v, as in SentEval.
/// </remarks>
public sealed class TransferEvaluator : Evaluator
{
    private const int MostClasses = 1 << 20;

    private readonly LabeledTexts _train;
    private readonly LabeledTexts? _dev;
    private readonly LabeledTexts? _test;
    private readonly int _classes;

    /// <summary>Initializes a new instance of the <see cref="TransferEvaluator"/> class with labeled texts.</summary>
    /// <param name="train">The training set; without <paramref name="test"/>, it is also tested on by cross-validation.</param>
    /// <param name="test">The test set, or <see langword="null"/> for cross-validation.</param>
    /// <param name="dev">
    /// The development set, which selects the regularization; <see langword="null"/> for a fold of <paramref name="train"/>. It requires
    /// <paramref name="test"/>.
    /// </param>
    /// <param name="name">The name of the data set, the prefix of the metrics.</param>
    /// <exception cref="ArgumentException">
    /// Some sets have single texts and others pairs, or a label occurs only in <paramref name="test"/>.
    /// </exception>
    /// <exception cref="EvaluationDataException">There are fewer than two labels.</exception>
    public TransferEvaluator(LabeledTexts train, LabeledTexts? test = null, LabeledTexts? dev = null, string name = "")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(train);
        (_train, _test, _dev) = (train, test, dev);
        LabeledTexts[] parts = [train, .. test is null ? [] : new[] { test }, .. dev is null ? [] : new[] { dev }];
        if (parts.Any(part => part.Columns.Count != train.Columns.Count))
        {
            throw new ArgumentException("The sets must all have single texts, or all have pairs.", nameof(test));
        }

        if (dev is not null && test is null)
        {
            throw new ArgumentException("A development set requires a test set; without one, folds are used for both.", nameof(dev));
        }

        _classes = train.Labels.Max() < MostClasses
            ? train.Labels.Max() + 1
            : throw new ArgumentException(
                $"The label {train.Labels.Max()} is too large; labels must be from 0 to {MostClasses - 1}.", nameof(train));
        if (train.Labels.Distinct().Count() < 2)
        {
            throw new EvaluationDataException("All rows have the same label; rows of at least two labels are needed.", nameof(train));
        }

        if (parts.SelectMany(part => part.Labels).FirstOrDefault(label => label >= _classes) is > 0 and var unknown)
        {
            throw new ArgumentException($"The label {unknown} does not occur in the training set.", nameof(test));
        }
    }

    /// <summary>Gets the number of folds of the training set. The default is 10.</summary>
    public int Folds { get; init; } = 10;

    /// <summary>Gets the random seed, which assigns rows to folds. The default is 1111, as in SentEval.</summary>
    public long Seed { get; init; } = 1111;

    /// <summary>
    /// Gets the candidate values of the inverse regularization strength. The default is 4⁻¹ to 4⁴; those of SentEval end at 2³, which
    /// regularizes
    /// normalized embeddings too strongly.
    /// </summary>
    public IReadOnlyList<double> Strengths { get; init; } = [0.25, 1, 4, 16, 64, 256];

    /// <inheritdoc/>
    /// <exception cref="EvaluationDataException">There are fewer rows than folds, or the second largest label has too few rows.</exception>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(Folds, 3);
        _ = Checked(Strengths, nameof(Strengths));
        CheckRows();
        var train = Vectors(model, _train, cancellationToken);
        LogisticRegression.Check(train, _train.LabelArray, _classes);
        var (accuracy, devAccuracy) = _test is null
            ? CrossValidate(train, cancellationToken)
            : Test(model, train, _test, cancellationToken);
        return Result(new OrderedDictionary<string, double> { ["accuracy"] = accuracy, ["dev_accuracy"] = devAccuracy }, "accuracy");
    }

    // Each fold needs a row, and every training set two labels, whichever folds are held out.
    private void CheckRows()
    {
        var least = _test is null ? 3 : _dev is null ? 2 : 1;
        var sizes = _train.Labels.CountBy(label => label).Select(label => label.Value).OrderDescending().ToArray();
        if (sizes[1] < least || (_test is null && _train.Labels.Count < Folds))
        {
            throw new EvaluationDataException(_test is null
                ? $"There are {_train.Labels.Count} rows, {sizes[1]} of them with the second most frequent label; "
                    + $"a cross-validation with {Folds} folds needs at least {Folds} rows, and {least} of each of two labels. "
                    + "Use more rows or a test set."
                : $"The training set has {sizes[1]} row with the second most frequent label; "
                    + $"at least {least} of each of two labels are needed if a part of them selects the regularization. "
                    + "Use more rows or a development set.");
        }
    }

    private (double Accuracy, double DevAccuracy) CrossValidate(Tensor vectors, CancellationToken cancellationToken)
    {
        var labels = _train.LabelArray;
        var folds = StratifiedFolds.Of(labels, Folds, Seed);
        var (accuracies, devAccuracies) = (new double[Folds], new double[Folds]);
        Workers.Shared.For(
            Folds,
            Encoding.MaxThreads ?? int.MaxValue,
            fold =>
            {
                var heldOut = (fold + 1) % Folds;
                var (rows, dev) = (Rows(folds, other => other != fold && other != heldOut), Rows(folds, other => other == heldOut));
                (var strength, devAccuracies[fold]) = Choose(vectors, labels, rows, vectors, labels, dev, cancellationToken);
                var classifier = LogisticRegression.Fit(
                    vectors, labels, Rows(folds, other => other != fold), _classes, strength.C, strength.Classifier,
                    LogisticRegression.Exact, cancellationToken);
                accuracies[fold] = classifier.Accuracy(vectors, labels, Rows(folds, other => other == fold));
            },
            cancellationToken);
        return (accuracies.Average(), devAccuracies.Average());
    }

    private (double Accuracy, double DevAccuracy) Test(
        SentenceTransformer model, Tensor train, LabeledTexts test, CancellationToken cancellationToken)
    {
        var labels = _train.LabelArray;
        int[] all = [.. Enumerable.Range(0, labels.Length)];
        ((double C, LogisticRegression Classifier) strength, double devAccuracy) chosen;
        if (_dev is null)
        {
            var folds = StratifiedFolds.Of(labels, Folds, Seed);
            chosen = Choose(
                train, labels, Rows(folds, fold => fold != 0), train, labels, Rows(folds, fold => fold == 0), cancellationToken);
        }
        else
        {
            var dev = Vectors(model, _dev, cancellationToken);
            chosen = Choose(train, labels, all, dev, _dev.LabelArray, [.. Enumerable.Range(0, dev.Rows)], cancellationToken);
        }

        var classifier = LogisticRegression.Fit(
            train, labels, all, _classes, chosen.strength.C, chosen.strength.Classifier, LogisticRegression.Exact, cancellationToken);
        var vectors = Vectors(model, test, cancellationToken);
        return (classifier.Accuracy(vectors, test.LabelArray, [.. Enumerable.Range(0, vectors.Rows)]), chosen.devAccuracy);
    }

    // Returns the value with the highest accuracy on the held-out rows; the strongest regularization if several are equal.
    private ((double C, LogisticRegression Classifier) Strength, double Accuracy) Choose(
        Tensor vectors, int[] labels, int[] rows, Tensor devVectors, int[] devLabels, int[] devRows, CancellationToken cancellationToken)
    {
        (double C, LogisticRegression Classifier, double Accuracy)? best = null;
        LogisticRegression? before = null;
        foreach (var c in Strengths.Order())
        {
            before = LogisticRegression.Fit(vectors, labels, rows, _classes, c, before, LogisticRegression.Rough, cancellationToken);
            var accuracy = before.Accuracy(devVectors, devLabels, devRows);
            best = best is { } so && so.Accuracy >= accuracy ? so : (c, before, accuracy);
        }

        return ((best!.Value.C, best.Value.Classifier), best.Value.Accuracy);
    }

    private Tensor Vectors(SentenceTransformer model, LabeledTexts rows, CancellationToken cancellationToken)
    {
        var first = Encode(model, rows.Columns[0], cancellationToken);
        if (rows.Columns.Count == 1)
        {
            return first;
        }

        var second = Encode(model, rows.Columns[1], cancellationToken);
        var (width, features) = (first.Columns, Tensor.Zeros(first.Rows, 2 * first.Columns));
        for (var row = 0; row < first.Rows; row++)
        {
            var feature = features.Writable.Slice(row * 2 * width, 2 * width);
            TensorPrimitives.Subtract(first.Row(row), second.Row(row), feature[..width]);
            TensorPrimitives.Abs(feature[..width], feature[..width]);
            TensorPrimitives.Multiply(first.Row(row), second.Row(row), feature[width..]);
        }

        return features;
    }

    private static int[] Rows(int[] folds, Func<int, bool> wanted) =>
        [.. Enumerable.Range(0, folds.Length).Where(row => wanted(folds[row]))];
}
