namespace Semblance.Tokenizers;

/// <summary>
/// Decodes tokens to text one by one, as they are generated. A character whose bytes are split over several tokens is returned when it is
/// complete. The pieces together equal the result of <see cref="Tokenizer.Decode"/> for all tokens. Not thread-safe.
/// </summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="skipSpecialTokens">
/// <see langword="true"/> (the default) to leave out special tokens; otherwise, <see langword="false"/>.
/// </param>
public sealed class DecodeStream(Tokenizer tokenizer, bool skipSpecialTokens = true)
{
    private const char Incomplete = '\uFFFD'; // stands for bytes that are not a character yet

    private readonly List<int> _ids = [];
    private int _returned; // the number of tokens whose text has been returned
    private string _before = ""; // the text of these tokens
    private int _written; // the number of characters returned, if spaces are cleaned up

    /// <summary>Adds a token and returns the text that is complete.</summary>
    /// <param name="id">The id of the token; an id that is not in the vocabulary is left out.</param>
    /// <returns>The text that later tokens cannot change, often of this token alone; empty while a character is not complete.</returns>
    public string Next(int id)
    {
        _ids.Add(id);
        var text = Decode(_ids);
        if (tokenizer.CleansUp)
        {
            return Write(text, text.LastIndexOf(' ')); // a later token can remove a space
        }

        if (text.Length <= _before.Length || text[^1] == Incomplete)
        {
            return "";
        }

        var piece = text[_before.Length..];
        _ids.RemoveRange(0, _returned); // the text of a token depends on the token before it only
        _returned = _ids.Count;
        _before = Decode(_ids);
        return piece;
    }

    /// <summary>Returns the remaining text after the last token. Bytes that are not a character become U+FFFD.</summary>
    public string Finish()
    {
        var text = Decode(_ids);
        if (tokenizer.CleansUp)
        {
            return Write(text, text.Length);
        }

        var piece = text.Length > _before.Length ? text[_before.Length..] : "";
        (_returned, _before) = (_ids.Count, text);
        return piece;
    }

    private string Write(string text, int end)
    {
        var piece = end > _written ? text[_written..end] : "";
        _written += piece.Length;
        return piece;
    }

    private string Decode(List<int> ids) => tokenizer.Decode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids), skipSpecialTokens);
}
