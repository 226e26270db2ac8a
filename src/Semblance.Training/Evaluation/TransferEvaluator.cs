using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>
/// Transfer to classification: how often a logistic regression on the frozen vectors gives the right label, as SentEval
/// measures it (Conneau and Kiela 2018, arXiv:1803.05449).
/// </summary>
/// <remarks>
/// Metrics: <c>accuracy</c>, the primary one, and <c>dev_accuracy</c>, that on the held-out part by which the penalty was
/// chosen. Without a test set both are means over the folds of a cross-validation: each fold is tested once, the penalty
/// chosen on the fold after it and the classifier then learned from all the others (SentEval takes a second
/// cross-validation inside the first, at ten times the cost). Of a pair of texts u and v the classifier sees |u − v| and
/// u ∘ v, as SentEval's.
/// </remarks>
public sealed class TransferEvaluator : Evaluator
{
    private const int MostClasses = 1 << 20;

    private readonly LabelledTexts _train;
    private readonly LabelledTexts? _dev;
    private readonly LabelledTexts? _test;
    private readonly int _classes;

    /// <summary>Takes labelled texts.</summary>
    /// <param name="train">What the classifier learns from; without <paramref name="test"/> also what it is tested on, by cross-validation.</param>
    /// <param name="test">What it is tested on; null for cross-validation.</param>
    /// <param name="dev">What the penalty is chosen on; null for a fold of <paramref name="train"/>. Only with <paramref name="test"/>.</param>
    /// <param name="name">What is evaluated on.</param>
    /// <exception cref="ArgumentException">The parts differ in the number of texts of a row, or a class is only in <paramref name="test"/>.</exception>
    /// <exception cref="EvaluationDataException">There are fewer than two classes.</exception>
    public TransferEvaluator(LabelledTexts train, LabelledTexts? test = null, LabelledTexts? dev = null, string name = "")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(train);
        (_train, _test, _dev) = (train, test, dev);
        LabelledTexts[] parts = [train, .. test is null ? [] : new[] { test }, .. dev is null ? [] : new[] { dev }];
        if (parts.Any(part => part.Columns.Count != train.Columns.Count))
        {
            throw new ArgumentException("The parts must all be of single texts, or all of pairs.", nameof(test));
        }

        if (dev is not null && test is null)
        {
            throw new ArgumentException("A set to choose the penalty on is of use only beside one to test on; without that, folds serve for both.", nameof(dev));
        }

        _classes = train.Labels.Max() < MostClasses
            ? train.Labels.Max() + 1
            : throw new ArgumentException($"There is a label {train.Labels.Max()}; classes count from 0, and at most {MostClasses} are told apart.", nameof(train));
        if (train.Labels.Distinct().Count() < 2)
        {
            throw new EvaluationDataException("All rows have the same label: there is nothing to tell apart. Rows of at least two classes are needed.", nameof(train));
        }

        if (parts.SelectMany(part => part.Labels).FirstOrDefault(label => label >= _classes) is > 0 and var unknown)
        {
            throw new ArgumentException($"There is a label {unknown} that the texts to learn from never have.", nameof(test));
        }
    }

    /// <summary>How many folds the training texts are divided into; 10 by default.</summary>
    public int Folds { get; init; } = 10;

    /// <summary>Decides which row is in which fold; 1111 by default, as SentEval's.</summary>
    public long Seed { get; init; } = 1111;

    /// <summary>
    /// The inverse strengths of the penalty to choose from; 4⁻¹ to 4⁴ by default. SentEval's end at 2³, which for vectors of
    /// length one is too strong a penalty.
    /// </summary>
    public IReadOnlyList<double> Strengths { get; init; } = [0.25, 1, 4, 16, 64, 256];

    /// <inheritdoc/>
    /// <exception cref="EvaluationDataException">There are fewer rows than folds, or too few of two classes for the folds.</exception>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(Folds, 3);
        _ = Checked(Strengths, nameof(Strengths));
        CheckRows();
        var train = Vectors(model, _train, cancellationToken);
        LogisticRegression.Check(train, _train.LabelArray, _classes);
        var (accuracy, devAccuracy) = _test is null ? CrossValidate(train, cancellationToken) : Test(model, train, _test, cancellationToken);
        return Result(new OrderedDictionary<string, double> { ["accuracy"] = accuracy, ["dev_accuracy"] = devAccuracy }, "accuracy");
    }

    // Each fold needs a row, and what is learned from two classes, whichever folds are held out.
    private void CheckRows()
    {
        var least = _test is null ? 3 : _dev is null ? 2 : 1;
        var sizes = _train.Labels.CountBy(label => label).Select(label => label.Value).OrderDescending().ToArray();
        if (sizes[1] < least || (_test is null && _train.Labels.Count < Folds))
        {
            throw new EvaluationDataException(_test is null
                ? $"There are {_train.Labels.Count} rows, and {sizes[1]} of the second largest class; a cross-validation with {Folds} folds needs at least {Folds} rows, and {least} of each of two classes. Give more rows, or a test set."
                : $"There is {sizes[1]} row of the second largest class to learn from; at least {least} of each of two classes are needed where the penalty is chosen on a part of them. Give more rows, or a development set.");
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
                var classifier = LogisticRegression.Fit(vectors, labels, Rows(folds, other => other != fold), _classes, strength.C, strength.Classifier, LogisticRegression.Exact, cancellationToken);
                accuracies[fold] = classifier.Accuracy(vectors, labels, Rows(folds, other => other == fold));
            },
            cancellationToken);
        return (accuracies.Average(), devAccuracies.Average());
    }

    private (double Accuracy, double DevAccuracy) Test(SentenceTransformer model, Tensor train, LabelledTexts test, CancellationToken cancellationToken)
    {
        var labels = _train.LabelArray;
        int[] all = [.. Enumerable.Range(0, labels.Length)];
        ((double C, LogisticRegression Classifier) strength, double devAccuracy) chosen;
        if (_dev is null)
        {
            var folds = StratifiedFolds.Of(labels, Folds, Seed);
            chosen = Choose(train, labels, Rows(folds, fold => fold != 0), train, labels, Rows(folds, fold => fold == 0), cancellationToken);
        }
        else
        {
            var dev = Vectors(model, _dev, cancellationToken);
            chosen = Choose(train, labels, all, dev, _dev.LabelArray, [.. Enumerable.Range(0, dev.Rows)], cancellationToken);
        }

        var classifier = LogisticRegression.Fit(train, labels, all, _classes, chosen.strength.C, chosen.strength.Classifier, LogisticRegression.Exact, cancellationToken);
        var vectors = Vectors(model, test, cancellationToken);
        return (classifier.Accuracy(vectors, test.LabelArray, [.. Enumerable.Range(0, vectors.Rows)]), chosen.devAccuracy);
    }

    // The strength with the most right answers on the held-out rows, the strongest penalty of several.
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

    private Tensor Vectors(SentenceTransformer model, LabelledTexts rows, CancellationToken cancellationToken)
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

    private static int[] Rows(int[] folds, Func<int, bool> wanted) => [.. Enumerable.Range(0, folds.Length).Where(row => wanted(folds[row]))];
}
