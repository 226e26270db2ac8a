using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>How well a masked language model finds hidden words in texts that it was not trained on. The same tokens are hidden each time.</summary>
/// <remarks>
/// Metrics over all hidden tokens: <c>loss</c>, the mean cross-entropy; <c>perplexity</c>, e to that power; <c>accuracy</c>, how many get
/// the largest score; and <c>negative_loss</c>, by which models are compared.
/// </remarks>
public sealed class MaskedLanguageModelEvaluator : Evaluator
{
    private readonly IReadOnlyList<string> _texts;
    private readonly MaskedLanguageModelLoss _loss;

    /// <summary>Takes the texts.</summary>
    /// <param name="texts">The texts; what is too long is cut.</param>
    /// <param name="loss">The loss that the model is trained with; its head and its masking are used.</param>
    /// <param name="name">What is evaluated on.</param>
    /// <exception cref="ArgumentException">There are no texts.</exception>
    public MaskedLanguageModelEvaluator(IReadOnlyList<string> texts, MaskedLanguageModelLoss loss, string name = "")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(loss);
        _texts = Checked(texts, nameof(texts));
        _loss = loss;
    }

    /// <summary>Where chance begins.</summary>
    public ulong Seed { get; init; } = 12345;

    /// <summary>How many texts are computed at once; 16 by default. Other numbers hide other tokens.</summary>
    public int BatchSize { get; init; } = 16;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="model"/> is not the one that the loss was made for.</exception>
    /// <exception cref="LossInputException">A batch of texts has no token that could be hidden.</exception>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        var (sum, right, count) = (0.0, 0, 0);
        for (var first = 0; first < _texts.Count; first += BatchSize)
        {
            var tokens = _loss.Hide(model, new ModelInput([.. _texts.Skip(first).Take(BatchSize)]), Seed + (ulong)first);
            using var run = new Computation(cancellationToken: cancellationToken);
            var logs = run.LogSoftmax(_loss.Scores(run, tokens)); // [hidden tokens × vocabulary]
            for (var row = 0; row < logs.Rows; row++)
            {
                sum -= logs.Row(row)[tokens.Targets[row]];
                right += TensorPrimitives.IndexOfMax(logs.Row(row)) == tokens.Targets[row] ? 1 : 0;
            }

            count += logs.Rows;
        }

        var loss = sum / count;
        return Result(new OrderedDictionary<string, double> { ["loss"] = loss, ["perplexity"] = Math.Exp(loss), ["accuracy"] = (double)right / count, ["negative_loss"] = -loss }, "negative_loss");
    }
}
