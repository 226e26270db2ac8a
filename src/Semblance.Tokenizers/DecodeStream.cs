namespace Semblance.Tokenizers;

/// <summary>
/// Turns tokens into text one by one, as they are generated. A character whose bytes lie in several tokens comes when it is whole; all pieces
/// together are what <see cref="Tokenizer.Decode"/> makes of all tokens. Not for several threads at once.
/// </summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="skipSpecialTokens">Leaves special tokens out.</param>
public sealed class DecodeStream(Tokenizer tokenizer, bool skipSpecialTokens = true)
{
    private const char Incomplete = '\uFFFD'; // what stands for bytes that are no character yet

    private readonly List<int> _ids = [];
    private int _shown; // the tokens whose text has been handed out
    private string _before = ""; // the text of those that are kept
    private int _written; // of a text that is cleaned up, the characters that have been handed out

    /// <summary>Takes the next token.</summary>
    /// <param name="id">Its id; one that the vocabulary lacks is left out.</param>
    /// <returns>The text that is now certain, often of this token alone; empty while a character is not whole.</returns>
    public string Next(int id)
    {
        _ids.Add(id);
        var text = Decode(_ids);
        if (tokenizer.CleansUp)
        {
            return Write(text, text.LastIndexOf(' ')); // a space may yet go, with what follows it
        }

        if (text.Length <= _before.Length || text[^1] == Incomplete)
        {
            return "";
        }

        var piece = text[_before.Length..];
        _ids.RemoveRange(0, _shown); // what a token looks like depends on the one before it, not on those further back
        _shown = _ids.Count;
        _before = Decode(_ids);
        return piece;
    }

    /// <summary>The text that is still held back, when no token follows: bytes that are no character become U+FFFD.</summary>
    public string Finish()
    {
        var text = Decode(_ids);
        if (tokenizer.CleansUp)
        {
            return Write(text, text.Length);
        }

        var piece = text.Length > _before.Length ? text[_before.Length..] : "";
        (_shown, _before) = (_ids.Count, text);
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
