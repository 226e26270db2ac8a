using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>A module that texts can enter by: it knows what a text becomes before numbers do anything. The first module of a model is one.</summary>
public abstract class InputModule : Module
{
    [ThreadStatic]
    private static TokenBuffer? _buffer;

    /// <summary>Text to ids, where it is a subword tokenizer that does it; null where a text is divided into words, or the route decides.</summary>
    public virtual Tokenizer? Tokenizer => null;

    /// <summary>Gets the transformer of the module; null where it has none.</summary>
    public virtual Transformer? Body => null;

    /// <summary>The number of ids that a text can become.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The longest text in tokens, special ones included; <see cref="int.MaxValue"/> where any length will do.</summary>
    public virtual int MaxSequenceLength => int.MaxValue;

    /// <summary>Gets whether the module's files stand beside <c>modules.json</c> when it is the first, as in the original.</summary>
    public virtual bool SavesInRoot => true;

    /// <summary>Whether texts can enter here: a router's routes may all begin with something else.</summary>
    internal virtual bool TakesTexts => true;

    /// <summary>A text as the module takes it. Any text will do; what is longer than <see cref="MaxSequenceLength"/> is cut.</summary>
    /// <param name="text">The text.</param>
    public abstract TokenizedText Tokenize(string text);

    /// <summary>How many tokens at the front of a text a prompt makes, special ones included.</summary>
    /// <param name="prompt">The prompt.</param>
    public virtual int CountPromptTokens(string prompt) => Tokenize(prompt).Ids.Length;

    /// <summary>Tokenizes a text as <see cref="Tokenize(string)"/> does, within another length and with the tokens' places.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The most tokens, special ones included; not more than <see cref="MaxSequenceLength"/>.</param>
    /// <param name="tokens">Receives the tokens.</param>
    /// <returns>Where in the text the offsets count from.</returns>
    /// <exception cref="NotSupportedException">The module has no subword tokenizer.</exception>
    internal virtual int Tokenize(string text, int maxLength, TokenBuffer tokens) =>
        throw new NotSupportedException($"{this} has no subword tokenizer, so that chunks cannot be counted in its tokens; leave ChunkSize out.");

    /// <summary>The module that texts of a route enter by: this one, unless it is a router.</summary>
    /// <param name="route">The route; null for the one that is taken where none is named.</param>
    /// <exception cref="ArgumentException">There is no such route.</exception>
    internal virtual InputModule Entry(string? route) => this;

    /// <summary>A text, or a pair of them, through a subword tokenizer.</summary>
    private protected static TokenizedText Tokenize(Tokenizer tokenizer, string text, int maxLength, bool specialTokens, string? pair = null)
    {
        var buffer = _buffer ??= new TokenBuffer();
        tokenizer.Encode(text, pair, maxLength, specialTokens, buffer, tokenizer.TruncationSide);
        return new TokenizedText(buffer.Ids.ToArray(), buffer.TypeIds.ContainsAnyExcept(0) ? buffer.TypeIds.ToArray() : null, buffer.Truncated);
    }
}
