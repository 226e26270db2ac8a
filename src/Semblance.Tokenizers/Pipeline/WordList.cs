namespace Semblance.Tokenizers;

/// <summary>Represents the words of a text; pre-tokenizers replace them with shorter ones.</summary>
public sealed class WordList
{
    private Word[] _words = new Word[64];
    private Word[] _previous = new Word[64];
    private int _count;

    /// <summary>Gets the words in the order of the text.</summary>
    public ReadOnlySpan<Word> Words => _words.AsSpan(0, _count);

    /// <summary>Clears the list and returns its previous content, which is valid until the next call.</summary>
    public ReadOnlySpan<Word> Restart()
    {
        (_words, _previous) = (_previous, _words);
        var old = _previous.AsSpan(0, _count);
        _count = 0;
        return old;
    }

    /// <summary>Appends a word.</summary>
    /// <param name="word">The word.</param>
    public void Add(Word word)
    {
        if (_count == _words.Length)
        {
            Array.Resize(ref _words, _count * 2);
        }

        _words[_count++] = word;
    }
}
