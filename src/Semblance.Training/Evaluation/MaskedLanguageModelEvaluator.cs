using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>Evaluates a masked language model on held-out texts. The same tokens are masked in each evaluation.</summary>
/// <remarks>
/// Metrics over all masked tokens: <c>loss</c>, the mean cross-entropy; <c>perplexity</c>, the exponential of the loss; <c>accuracy</c>,
/// the fraction of
/// tokens with the largest score; and <c>negative_loss</c>, the primary one.
/// </remarks>
public sealed class MaskedLanguageModelEvaluator : Evaluator
{
    private readonly IReadOnlyList<string> _texts;
    private readonly MaskedLanguageModelLoss _loss;

    /// <summary>Initializes a new instance of the <see cref="MaskedLanguageModelEvaluator"/> class with texts and a loss.</summary>
    /// <param name="texts">The texts, which are truncated to the maximum sequence length.</param>
    /// <param name="loss">The training loss, whose head and masking are used.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics.</param>
    /// <exception cref="ArgumentException"><paramref name="texts"/> is empty.</exception>
    public MaskedLanguageModelEvaluator(IReadOnlyList<string> texts, MaskedLanguageModelLoss loss, string name = "")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(loss);
        _texts = Checked(texts, nameof(texts));
        _loss = loss;
    }

    /// <summary>Gets the random seed of the masking. The default is 12345.</summary>
    public ulong Seed { get; init; } = 12345;

    /// <summary>Gets the number of texts in a batch, which affects which tokens are masked. The default is 16.</summary>
    public int BatchSize { get; init; } = 16;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="model"/> is not the model of the loss.</exception>
    /// <exception cref="LossInputException">A batch of texts has no tokens that can be masked.</exception>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        var (sum, right, count) = (0.0, 0, 0);
        for (var first = 0; first < _texts.Count; first += BatchSize)
        {
            var tokens = _loss.Hide(model, new ModelInput([.. _texts.Skip(first).Take(BatchSize)]), Seed + (ulong)first);
            using var run = new Computation(cancellationToken: cancellationToken);
            var logs = run.LogSoftmax(_loss.Scores(run, tokens)); // [masked tokens × vocabulary]
            for (var row = 0; row < logs.Rows; row++)
            {
                sum -= logs.Row(row)[tokens.Targets[row]];
                right += TensorPrimitives.IndexOfMax(logs.Row(row)) == tokens.Targets[row] ? 1 : 0;
            }

            count += logs.Rows;
        }

        var loss = sum / count;
        var metrics = new OrderedDictionary<string, double>
        {
            ["loss"] = loss,
            ["perplexity"] = Math.Exp(loss),
            ["accuracy"] = (double)right / count,
            ["negative_loss"] = -loss,
        };
        return Result(metrics, "negative_loss");
    }
}
