using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance;

/// <summary>
/// Represents a model that finds the answer to a question in a text (extractive question answering; Devlin et al. 2019, arXiv:1810.04805).
/// </summary>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public sealed class QuestionAnswerer : TaskEncoder<QuestionAnswerer>, ILoadable<QuestionAnswerer>
{
    private const int MostShared = 128;

    private QuestionAnswerer(TransformerModule input, TaskModel model)
        : base(input, model)
    {
    }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SpanLogits;

    /// <inheritdoc/>
    public override int OutputDimension => 2;

    static ModelKind ILoadable<QuestionAnswerer>.Kind => ModelKind.QuestionAnswerer;

    /// <summary>Creates a model to be trained: a copy of a transformer with a randomly initialized head.</summary>
    /// <param name="input">
    /// The tokenizer and the transformer, as the first module of a <see cref="SentenceTransformer"/>; it is not changed.
    /// </param>
    /// <param name="seed">The random seed.</param>
    /// <param name="shared">
    /// <see langword="true"/> to share the parameters of the transformer, for training several heads together; <see langword="false"/>, the
    /// default, to copy them.
    /// </param>
    /// <exception cref="ModelFormatException">The architecture has no head for question answering.</exception>
    public static QuestionAnswerer Create(TransformerModule input, int seed = 0, bool shared = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        var model = TaskModel.Create(input.Transformer, TaskKind.QuestionAnswering, [], seed, shared: shared);
        return new QuestionAnswerer(input.With(model.Body), model);
    }

    /// <summary>Finds the answers to several questions, each in its text. A long text is divided into overlapping windows.</summary>
    /// <param name="questions">The questions and the texts.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The questions with their answers, in their order.</returns>
    /// <exception cref="ArgumentException">
    /// An option does not fit the model, a text is null, or a question leaves no room for its text.
    /// </exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<AnsweredContext> Answer(
        IReadOnlyList<(string Question, string Context)> questions, AnswerOptions? options = null,
        IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        options = Check(options);
        var search = new AnswerSearch(options, Tokenizer.ClassId);
        return [.. Score(questions, options, progress, cancellationToken).Select((windows, i) => new AnsweredContext(
            questions[i].Question, questions[i].Context, search.Of(questions[i].Context, windows),
            windows.Sum(window => window.Tokens.Count), windows.Count))];
    }

    /// <summary>
    /// Finds the answers to a question in several texts, such as the top results of a search. The probabilities are shared by the tokens of
    /// all texts, so that the scores can be compared (Clark and Gardner 2018, arXiv:1710.10723).
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="contexts">The texts.</param>
    /// <param name="options">The options; null for the defaults. An empty answer is not supported.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The best answers of all texts by descending score, with the zero-based index of the text.</returns>
    /// <exception cref="ArgumentException">
    /// An option does not fit the model, a text is null, or the question leaves no room for a text.
    /// </exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<(int Context, Answer Answer)> AnswerFrom(
        string question, IReadOnlyList<string> contexts, AnswerOptions? options = null, IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(contexts);
        options = Check(options);
        return Answers(
            contexts, Score([.. contexts.Select(context => (question, context))], options, progress, cancellationToken), options);
    }

    /// <summary>
    /// Divides a text into windows with the question, as <see cref="Answer(string, string, AnswerOptions?)"/> does, for a caller that
    /// computes the windows of many texts together.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text.</param>
    /// <param name="options">The options.</param>
    /// <returns>The windows, in the order of the text.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or the question leaves no room for the text.</exception>
    /// <exception cref="TextTooLongException">The text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<Encoding> Divide(string question, string context, AnswerOptions options)
    {
        var length = WindowLength(Check(options));
        return TokenScoring.Divide(
            1, _ => Windows((question, context), 0, length, options), options, length, CancellationToken.None)[0];
    }

    /// <summary>Computes the logits of each token of windows to begin and to end the answer.</summary>
    /// <param name="windows">The tokens of windows of any questions and texts.</param>
    /// <param name="options">The options that the texts were divided with.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The logits of each window, <c>[tokens × 2]</c>, in the order of the windows.</returns>
    /// <exception cref="ArgumentException">
    /// An option does not fit the model, a token id is not in the vocabulary, or a window is too long.
    /// </exception>
    public IReadOnlyList<float[]> Score(
        IReadOnlyList<TokenizedText> windows, AnswerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(windows);
        return Score(windows, Check(options), Copy, cancellationToken);
    }

    /// <summary>Returns the answers in a text whose windows were scored.</summary>
    /// <param name="context">The text.</param>
    /// <param name="windows">The windows of the question and the text with their logits.</param>
    /// <param name="options">The options.</param>
    /// <returns>The answers, by descending score.</returns>
    public IReadOnlyList<Answer> Answers(
        string context, IReadOnlyList<(Encoding Tokens, float[] Logits)> windows, AnswerOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(windows);
        return new AnswerSearch(Check(options), Tokenizer.ClassId).Of(context, windows);
    }

    /// <summary>Returns the answers in several texts whose windows were scored, as <see cref="AnswerFrom"/> does.</summary>
    /// <param name="contexts">The texts.</param>
    /// <param name="windows">The windows of the question and of each text with their logits.</param>
    /// <param name="options">The options. An empty answer is not supported.</param>
    /// <returns>The best answers of all texts by descending score, with the zero-based index of the text.</returns>
    public IReadOnlyList<(int Context, Answer Answer)> Answers(
        IReadOnlyList<string> contexts, IReadOnlyList<IReadOnlyList<(Encoding Tokens, float[] Logits)>> windows, AnswerOptions options)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(windows);
        options = Check(options) with { AllowNoAnswer = false };
        var search = new AnswerSearch(options, Tokenizer.ClassId);
        var shared = search.Shared(windows.SelectMany(own => own));
        return
        [
            .. windows.SelectMany((own, i) => search.Of(contexts[i], own, shared).Select(answer => (Context: i, Answer: answer)))
                .OrderByDescending(found => found.Answer.Score).Take(options.TopK),
        ];
    }

    /// <summary>Finds the answers to a question in a text.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The answers, by descending score; empty for a text without words.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or the question leaves no room for the text.</exception>
    /// <exception cref="TextTooLongException">The text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<Answer> Answer(string question, string context, AnswerOptions? options = null) =>
        Answer([(question, context)], options)[0].Answers;

    /// <summary>
    /// Finds the answers to a stream of questions of any length in bounded memory: while some are answered, the next are read and the last
    /// are returned.
    /// </summary>
    /// <param name="questions">The questions and the texts.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The questions with their answers, in their order.</returns>
    /// <exception cref="ArgumentException">
    /// An option does not fit the model, a text is null, or a question leaves no room for its text.
    /// </exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IAsyncEnumerable<AnsweredContext> AnswerAsync(
        IAsyncEnumerable<(string Question, string Context)> questions, AnswerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        options = Check(options);
        return EncodingStream.Run(
            questions, question => (question.Question?.Length ?? 0) + (question.Context?.Length ?? 0),
            window => Answer(window, options, null, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Returns the first and the last token of an answer as <see cref="Forward"/> encodes the question and the text.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text.</param>
    /// <param name="answer">The answer in the text; null if there is none.</param>
    /// <returns>
    /// The indexes of the tokens; twice that of the token at the beginning if there is no answer, or if it is beyond the maximum sequence
    /// length.
    /// </returns>
    /// <exception cref="ArgumentException">The answer is outside the text.</exception>
    public (int First, int Last) AlignAnswer(string question, string context, LabeledSpan? answer)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(context);
        if (answer is not { } span)
        {
            return (0, 0);
        }

        if (span.Start < 0 || span.Length <= 0 || span.End > context.Length)
        {
            throw new ArgumentException(
                $"The answer has the range {span.Start} to {span.End}; the text has {context.Length} characters.", nameof(answer));
        }

        var tokens = Beginning(question, context);
        var (first, last) = (-1, -1);
        for (var i = 0; i < tokens.Count; i++)
        {
            var (start, end) = tokens.Offsets[i];
            if (tokens.Sequences[i] == 1 && start < span.End && end > span.Start)
            {
                (first, last) = (first < 0 ? i : first, i);
            }
        }

        return first >= 0 && tokens.Offsets[last].End >= span.End ? (first, last) : (0, 0);
    }

    /// <inheritdoc/>
    public override PackedBatch Tokenize(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var contexts = input.Pairs ?? throw new ArgumentException(
            "A question answerer takes pairs of question and text; the input has single texts.", nameof(input));
        return Pack([.. input.Texts.Zip(contexts, (question, context) => Beginning(input.Prompt + question, context))]);
    }

    /// <inheritdoc/>
    public override ModelOutput Forward(Computation run, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(run);
        var batch = Tokenize(input);
        return new ModelOutput(Logits(run, batch), batch.Offsets.ToArray()); // [tokens × 2]
    }

    /// <inheritdoc/>
    public override string ToString() => $"QuestionAnswerer({Input})";

    static QuestionAnswerer ILoadable<QuestionAnswerer>.LoadFolder(string folder, bool trainable)
    {
        var (input, model) = LoadTask(
            folder, trainable, ModelKind.QuestionAnswerer, TaskKind.QuestionAnswering, "head that finds answers");
        return new QuestionAnswerer(input, model);
    }

    static QuestionAnswerer ILoadable<QuestionAnswerer>.LoadBase(string folder, string model, bool trainable) =>
        ModelKinds.Of(model) == ModelKind.QuestionAnswerer
            ? LoadFolder<QuestionAnswerer>(model, trainable)
            : Create(TransformerModule.Load(model, trainable)); // the head is saved with the adapter

    // The tokens of a question and a text within the maximum length, as in training.
    private Encoding Beginning(string question, string context) => Windows(
        question, context, new TokenizerOptions { MaxLength = MaxSequenceLength, Truncation = TruncationStrategy.OnlySecond })[0];

    // Returns the windows of each question and text with the logits of their tokens.
    private List<(Encoding Tokens, float[] Logits)>[] Score(
        IReadOnlyList<(string Question, string Context)> questions, AnswerOptions options, IProgress<EncodeProgress>? progress,
        CancellationToken cancellationToken)
    {
        var length = WindowLength(options);
        return Score(
            questions.Count, i => Windows(questions[i], i, length, options), options, length, Copy, progress, cancellationToken);
    }

    private int WindowLength(AnswerOptions options) => Math.Min(MaxSequenceLength, options.MaxWindowTokens);

    private static void Copy(ReadOnlySpan<float> row, Span<float> result) => row.CopyTo(result);

    private IReadOnlyList<Encoding> Windows((string Question, string Context) pair, int index, int length, AnswerOptions options)
    {
        if (pair.Question is null || pair.Context is null)
        {
            throw new ArgumentException($"The question or the text {index} is null.", nameof(pair));
        }

        var free = length - Tokenizer.Encode(pair.Question, "").Count;
        return free > 0
            ? Windows(pair.Question, pair.Context, new TokenizerOptions
            {
                MaxLength = length,
                Truncation = TruncationStrategy.OnlySecond,
                Overflow = true,
                Stride = options.Stride ?? Math.Min(Math.Min(length / 2, MostShared), free - 1),
            })
            : throw new ArgumentException(
                $"Question {index} has {length - free} tokens with special tokens, which leave no room for a text in {length} tokens; "
                + "shorten the question.", nameof(pair));
    }

    private AnswerOptions Check(AnswerOptions? options)
    {
        options ??= AnswerOptions.Default;
        options.Check(Body);
        return options;
    }
}
