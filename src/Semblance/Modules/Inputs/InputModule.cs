using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;

namespace Semblance.Modules;

/// <summary>Represents a module that tokenizes texts. The first module of a model is one.</summary>
public abstract class InputModule : Module
{
    [ThreadStatic]
    private static TokenBuffer? _buffer;

    /// <summary>
    /// Gets the subword tokenizer; null if the module divides texts into words, or if the tokenizer depends on the route.
    /// </summary>
    public virtual Tokenizer? Tokenizer => null;

    /// <summary>Gets the transformer of the module; null if it has none.</summary>
    public virtual Transformer? Body => null;

    /// <summary>Gets the number of token ids.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Gets the maximum sequence length in tokens, special tokens included; <see cref="int.MaxValue"/> for no limit.</summary>
    public virtual int MaxSequenceLength => int.MaxValue;

    /// <summary>
    /// Gets a value that indicates whether the first module's files are stored beside <c>modules.json</c>, as in the original.
    /// </summary>
    public virtual bool SavesInRoot => true;

    /// <summary>
    /// Gets a value that indicates whether the module accepts texts; a router whose routes begin with other modules does not.
    /// </summary>
    internal virtual bool TakesTexts => true;

    /// <summary>Gets the layers that an adapter can change; null if there are none.</summary>
    internal virtual AdaptableModel? Adaptable => null;

    /// <summary>Tokenizes a text of any length. Texts longer than <see cref="MaxSequenceLength"/> are truncated.</summary>
    /// <param name="text">The text to tokenize.</param>
    public abstract TokenizedText Tokenize(string text);

    /// <summary>Returns the number of tokens at the start of a text that belong to a prompt, special tokens included.</summary>
    /// <param name="prompt">The prompt.</param>
    public virtual int CountPromptTokens(string prompt) => Tokenize(prompt).Ids.Length;

    /// <summary>
    /// Tokenizes a text as <see cref="Tokenize(string)"/> does, with another maximum length and with the offsets of the tokens.
    /// </summary>
    /// <param name="text">The text to tokenize.</param>
    /// <param name="maxLength">The maximum number of tokens, special tokens included; at most <see cref="MaxSequenceLength"/>.</param>
    /// <param name="tokens">Receives the tokens.</param>
    /// <returns>The position in the text that the offsets are relative to.</returns>
    /// <exception cref="NotSupportedException">The module has no subword tokenizer.</exception>
    internal virtual int Tokenize(string text, int maxLength, TokenBuffer tokens) =>
        throw new NotSupportedException($"{this} has no subword tokenizer, so chunks cannot be measured in tokens; do not set ChunkSize.");

    /// <summary>
    /// Returns the number of tokens of a text of any length, special tokens included; null if the module has no subword tokenizer.
    /// </summary>
    /// <param name="text">The text.</param>
    internal virtual int? CountTokens(string text) => Tokenizer?.Count(text);

    internal override void Prepare(ComputeType compute) => Body?.Prepare(compute);

    /// <summary>Returns the module that tokenizes texts of a route: this one, unless it is a router.</summary>
    /// <param name="route">The route; null for the default.</param>
    /// <exception cref="ArgumentException">There is no such route.</exception>
    internal virtual InputModule Entry(string? route) => this;

    /// <summary>Tokenizes a text, or a pair of texts, with a subword tokenizer.</summary>
    private protected static TokenizedText Tokenize(
        Tokenizer tokenizer, string text, int maxLength, bool specialTokens, string? pair = null)
    {
        var buffer = _buffer ??= new TokenBuffer();
        tokenizer.Encode(text, pair, maxLength, specialTokens, buffer, tokenizer.TruncationSide);
        return new TokenizedText(buffer.Ids.ToArray(), buffer.TypeIds.ContainsAnyExcept(0)
            ? buffer.TypeIds.ToArray() : null, buffer.Truncated);
    }
}
