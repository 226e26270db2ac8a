using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the loss of a <see cref="QuestionAnswerer"/>: the mean of the cross-entropy of the answer's first and last token among all
/// tokens. Without an answer, both are the token at the beginning.
/// </summary>
/// <remarks>Two text columns, the question and the text, and <see cref="Example.Spans"/>: the answer, or an empty list.</remarks>
public sealed class QuestionAnsweringLoss : OutputLoss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(QuestionAnsweringLoss), ModelOutputKind.SpanLogits, [], (_, _) => new QuestionAnsweringLoss());

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SpanLogits;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInput> Inputs(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Columns == 2 ? [new ModelInput(batch.Texts(0)) { Pairs = batch.Texts(1) }] : throw new LossInputException(
            $"{Name} takes a question and a text, and a row has {batch.Columns} texts.");
    }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(outputs);
        var model = batch.Model as QuestionAnswerer ?? throw new LossInputException(
            $"{Name} aligns answers with tokens, so it needs a QuestionAnswerer; the model is a {batch.Model.GetType().Name}.");
        var answers = batch.Rows.Select(row => model.AlignAnswer(row.Texts[0], row.Texts[1], Answer(row))).ToArray();
        var (value, offsets) = outputs[0];
        var starts = CrossEntropy(run, value, offsets!, 0, [.. answers.Select(answer => answer.First)]);
        var ends = CrossEntropy(run, value, offsets!, 1, [.. answers.Select(answer => answer.Last)]);
        return run.Scale(run.Add(starts, ends), 0.5f);
    }

    // The tokens of each pair are the classes. Shorter pairs are padded with −∞, which has no probability.
    private static Tensor CrossEntropy(Computation run, Tensor logits, IReadOnlyList<int> offsets, int column, int[] tokens)
    {
        var lengths = tokens.Select((_, i) => offsets[i + 1] - offsets[i]).ToArray();
        var most = lengths.Max();
        int[] elements =
        [
            .. lengths.SelectMany((length, i) => Enumerable.Range(0, most)
                .Select(token => (2 * (offsets[i] + Math.Min(token, length - 1))) + column)),
        ];
        var table = run.Gather(logits, elements, lengths.Length, most); // [pairs × tokens]
        return run.CrossEntropy(run.LeaveOut(table, (i, token) => token >= lengths[i]), tokens);
    }

    private LabeledSpan? Answer(Example row) => row.Spans switch
    {
        null => throw new LossInputException(
            $"{Name} needs the answer in the text, and a row has none; read the data with AnsweredQuestions, in a recipe with "
            + "'form: questions'."),
        [] => null,
        [var first, ..] => first,
    };
}
