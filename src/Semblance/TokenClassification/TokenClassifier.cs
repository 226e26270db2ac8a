using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance;

/// <summary>
/// Represents a model that labels the tokens of a text, for example to find the names of persons, organizations and places (named entity
/// recognition; Devlin et al. 2019, arXiv:1810.04805).
/// </summary>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public sealed class TokenClassifier : TaskEncoder<TokenClassifier>, ILoadable<TokenClassifier>
{
    private TokenClassifier(TransformerModule input, TaskModel model)
        : base(input, model) => Labels = TaskModel.LabelNames(model.Config);

    /// <summary>Gets the names of the labels, such as <c>O</c>, <c>B-PER</c> and <c>I-PER</c>, from <c>id2label</c>.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.TokenLogits;

    /// <inheritdoc/>
    public override int OutputDimension => Labels.Count;

    static ModelKind ILoadable<TokenClassifier>.Kind => ModelKind.TokenClassifier;

    /// <summary>Creates a model to be trained: a copy of a transformer with a randomly initialized head.</summary>
    /// <param name="input">
    /// The tokenizer and the transformer, as the first module of a <see cref="SentenceTransformer"/>; it is not changed.
    /// </param>
    /// <param name="labels">The names of the labels, in their order.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="shared">
    /// <see langword="true"/> to share the parameters of the transformer, for training several heads together; <see langword="false"/>, the
    /// default, to copy them.
    /// </param>
    /// <exception cref="ArgumentException">There is no label, or a label occurs twice.</exception>
    /// <exception cref="ModelFormatException">The architecture has no head for token classification.</exception>
    public static TokenClassifier Create(TransformerModule input, IReadOnlyList<string> labels, int seed = 0, bool shared = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        var model = TaskModel.Create(input.Transformer, TaskKind.TokenClassification, labels, seed, shared: shared);
        return new TokenClassifier(input.With(model.Body), model);
    }

    /// <summary>Finds the entities of several texts. A long text is divided into overlapping windows.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The texts with their entities, in their order.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<TaggedText> Tag(
        IReadOnlyList<string> texts, TagOptions? options = null, IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Check(options);
        var windows = Score(texts, options, progress, cancellationToken);
        var aggregation = new EntityAggregation(Tokenizer, Labels, options);
        return [.. windows.Select((parts, i) => new TaggedText(
            texts[i], aggregation.Of(texts[i], parts), parts.Sum(part => part.Tokens.Count), parts.Count))];
    }

    /// <summary>Finds the entities of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The entities, in the order of the text.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    /// <exception cref="TextTooLongException">The text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<Entity> Tag(string text, TagOptions? options = null) => Tag([text], options)[0].Entities;

    /// <summary>
    /// Finds the entities of a stream of any length in bounded memory: while some texts are tagged, the next are read and the last are
    /// returned.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The texts with their entities, in their order.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IAsyncEnumerable<TaggedText> TagAsync(
        IAsyncEnumerable<string> texts, TagOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Check(options);
        return EncodingStream.Run(
            texts, text => text?.Length ?? 0, window => Tag(window, options, null, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Divides a text into windows, as <see cref="Tag(string, TagOptions?)"/> does, for a caller that computes the windows of many texts
    /// together.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The options.</param>
    /// <returns>The windows, in the order of the text; empty if it has no tokens.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    /// <exception cref="TextTooLongException">The text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<Encoding> Divide(string text, TagOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokenizing = Tokenizing(Check(options));
        return TokenScoring.Divide(1, _ => Windows(text, null, tokenizing), options, MaxSequenceLength, CancellationToken.None)[0];
    }

    /// <summary>Computes the probabilities of the labels of each token of windows.</summary>
    /// <param name="windows">The tokens of windows of any texts.</param>
    /// <param name="options">The options that the texts were divided with.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The probabilities of each window, <c>[tokens × labels]</c>, in the order of the windows.</returns>
    /// <exception cref="ArgumentException">
    /// An option does not fit the model, a token id is not in the vocabulary, or a window is too long.
    /// </exception>
    public IReadOnlyList<float[]> Score(
        IReadOnlyList<TokenizedText> windows, TagOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(windows);
        return Score(windows, Check(options), Softmax, cancellationToken);
    }

    /// <summary>Returns the entities of a text whose windows were scored.</summary>
    /// <param name="text">The text.</param>
    /// <param name="windows">The windows of the text with their probabilities.</param>
    /// <param name="options">The options.</param>
    /// <returns>The entities, in the order of the text.</returns>
    public IReadOnlyList<Entity> Entities(
        string text, IReadOnlyList<(Encoding Tokens, float[] Scores)> windows, TagOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(windows);
        return new EntityAggregation(Tokenizer, Labels, Check(options)).Of(text, windows);
    }

    /// <summary>Labels the words of several texts, each word by its first token, as data sets with words and tags are evaluated.</summary>
    /// <param name="texts">The texts with their words.</param>
    /// <param name="options">The options, of which the aggregation strategy is not used; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>
    /// The label of each word of each text. A word that shares the token of the word before it continues that word's entity; a word that
    /// the tokenizer drops has the label <c>O</c>.
    /// </returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    public IReadOnlyList<IReadOnlyList<string>> TagWords(
        IReadOnlyList<TextWords> texts, TagOptions? options = null, IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var windows = Score([.. texts.Select(text => text.Text)], Check(options), progress, cancellationToken);
        return [.. windows.Select((parts, i) => WordLabels.Of(texts[i], parts, Labels))];
    }

    /// <summary>
    /// Returns the label of each token of a text as <see cref="Forward"/> encodes it: that of a word for its first token, otherwise −1.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="words">The words with their labels, in the order of the text.</param>
    /// <param name="allTokens">
    /// <see langword="true"/> to label the further tokens of a word too, with <c>I-</c> in place of <c>B-</c> if there is such a label;
    /// <see langword="false"/>, the default, to leave them out.
    /// </param>
    /// <exception cref="ArgumentException">A word is outside the text, or its label is not one of the model's.</exception>
    public int[] AlignLabels(string text, IReadOnlyList<LabeledSpan> words, bool allTokens = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(words);
        if (words.FirstOrDefault(word => word.Start < 0 || word.End > text.Length || (uint)word.Label >= (uint)Labels.Count)
            is { } wrong && wrong != default)
        {
            throw new ArgumentException(
                $"A word has the range {wrong.Start} to {wrong.End} and the label {wrong.Label}; the text has {text.Length} characters, "
                + $"and the model {Labels.Count} labels.", nameof(words));
        }

        var owners = WordAlignment.WordsOf(
            Beginning(text), [.. words.Select(word => word.Start)], [.. words.Select(word => word.End)]);
        var previous = -1;
        return Array.ConvertAll(owners, word =>
        {
            var isFirst = word != previous;
            previous = word < 0 ? previous : word;
            return word < 0 ? -1 : isFirst ? words[word].Label : allTokens ? WordLabels.Continuation(words[word].Label, Labels) : -1;
        });
    }

    /// <inheritdoc/>
    public override PackedBatch Tokenize(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Pack([.. input.Texts.Select(text => Beginning(input.Prompt + text))]);
    }

    /// <inheritdoc/>
    public override ModelOutput Forward(Computation run, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(run);
        var batch = Tokenize(input);
        return new ModelOutput(Logits(run, batch), batch.Offsets.ToArray()); // [tokens × labels]
    }

    /// <inheritdoc/>
    public override string ToString() => $"TokenClassifier({Input}, {string.Join(", ", Labels)})";

    static TokenClassifier ILoadable<TokenClassifier>.LoadFolder(string folder, bool trainable)
    {
        var (input, model) = LoadTask(
            folder, trainable, ModelKind.TokenClassifier, TaskKind.TokenClassification, "head that classifies tokens");
        return new TokenClassifier(input, model);
    }

    static TokenClassifier ILoadable<TokenClassifier>.LoadBase(string folder, string model, bool trainable) =>
        ModelKinds.Of(model) == ModelKind.TokenClassifier
            ? LoadFolder<TokenClassifier>(model, trainable)
            : Create(TransformerModule.Load(model, trainable), AdapterBase.LabelsOf(folder)); // the head is saved with the adapter

    // The tokens of a text within the maximum length, as in training.
    private Encoding Beginning(string text) => Windows(text, null, new TokenizerOptions { MaxLength = MaxSequenceLength })[0];

    // Returns the windows of each text with the probabilities of their tokens.
    private List<(Encoding Tokens, float[] Scores)>[] Score(
        IReadOnlyList<string> texts, TagOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var tokenizing = Tokenizing(options);
        return Score(
            texts.Count, i => Windows(texts[i] ?? throw new ArgumentException($"Text {i} is null.", nameof(texts)), null, tokenizing),
            options, MaxSequenceLength, Softmax, progress, cancellationToken);
    }

    private TokenizerOptions Tokenizing(TagOptions options) => new()
    {
        MaxLength = MaxSequenceLength,
        Overflow = true,
        Stride = options.Stride ?? MaxSequenceLength / 4,
    };

    private TagOptions Check(TagOptions? options)
    {
        options ??= TagOptions.Default;
        options.Check(Body);
        return options;
    }
}
