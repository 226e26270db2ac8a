using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="RDropLoss"/>.</summary>
public sealed record RDropLossSettings
{
    /// <summary>Gets the weight of the divergence; 1 by default.</summary>
    public float Alpha
    {
        get;
        init => field = Setting.AtLeastZero(value);
    } = 1;
}

/// <summary>
/// Represents a classification loss that also makes the probabilities agree that two dropout masks give (R-Drop: Liang et al. 2021,
/// arXiv:2106.14448).
/// </summary>
/// <remarks>
/// The model computes the batch twice. The result is the mean of both losses plus α times the mean of the Kullback–Leibler divergences of
/// the softmax of the logits in both directions, itself the mean over rows. Columns and labels are those of the wrapped loss. Without
/// dropout the divergence is 0.
/// </remarks>
public sealed class RDropLoss : Objective
{
    private const string Liang =
        """
        @misc{liang2021rdrop,
            title = {R-Drop: Regularized Dropout for Neural Networks},
            author = {Xiaobo Liang and Lijun Wu and Juntao Li and Yue Wang and Qi Meng and Tao Qin and Wei Chen and Min Zhang and Tie-Yan Liu},
            year = {2021},
            eprint = {2106.14448},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    private readonly OutputLoss _loss;

    /// <summary>Initializes a new instance of the <see cref="RDropLoss"/> class.</summary>
    /// <param name="loss">The loss of the logits of several classes.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The loss is not one of logits.</exception>
    public RDropLoss(OutputLoss loss, RDropLossSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        (_loss, Settings) = (loss, settings ?? new());
        if (!Outputs.Contains(loss.OutputKind))
        {
            throw new ArgumentException($"{nameof(RDropLoss)} needs a loss of the logits of classes, which {loss} is not.", nameof(loss));
        }
    }

    /// <summary>Gets the kinds of outputs that are logits of classes.</summary>
    internal static IReadOnlyList<ModelOutputKind> Outputs { get; } =
        [ModelOutputKind.Logits, ModelOutputKind.TextLogits, ModelOutputKind.TokenLogits];

    /// <summary>Gets the settings.</summary>
    public RDropLossSettings Settings { get; }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => _loss.OutputKind;

    /// <inheritdoc/>
    public override Objective Inner => _loss;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Liang];

    /// <summary>Returns the descriptor of the loss for recipes, for models with an output.</summary>
    internal static LossDescriptor Descriptor(ModelOutputKind outputs) => new(
        nameof(RDropLoss), outputs, ["loss", "alpha"], (node, context) =>
        {
            var usual = new RDropLossSettings();
            var loss = LossRegistry.Create(node.Get("loss"), context) as OutputLoss
                ?? throw node.Get("loss").Fault("the loss is not computed from logits alone.");
            return new RDropLoss(loss, usual with { Alpha = node.Find("alpha")?.Number(0f, 1e6f) ?? usual.Alpha });
        });

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        RequireOutputs(batch);
        batch = _loss.Prepare(batch);
        var inputs = _loss.Inputs(batch);
        using var run = batch.Start();
        ModelOutput[] first = [.. inputs.Select(input => batch.Forward(run, input))];
        ModelOutput[] second = [.. inputs.Select(input => batch.Forward(run, input))]; // draws other numbers for dropout
        var losses = run.Add(_loss.Forward(run, batch, first), _loss.Forward(run, batch, second));
        var sum = run.Scale(losses, 0.5f);
        foreach (var (a, b) in first.Zip(second, (a, b) => (a.Value, b.Value)))
        {
            sum = run.Add(sum, run.Scale(Divergence(run, a, b), Settings.Alpha));
        }

        return Backward(run, sum, batch);
    }

    // The mean of KL(p ‖ q) and KL(q ‖ p) is the mean of (p − q) (ln p − ln q), halved.
    private static Tensor Divergence(Computation run, Tensor a, Tensor b)
    {
        if (a.Columns < 2)
        {
            throw new LossInputException($"{nameof(RDropLoss)} needs the logits of two classes or more, and the model has {a.Columns}.");
        }

        var (p, q) = (run.LogSoftmax(a), run.LogSoftmax(b));
        var products = run.Multiply(run.Subtract(run.Exp(p), run.Exp(q)), run.Subtract(p, q));
        return run.Scale(run.Sum(products), 0.5f / a.Rows);
    }
}
