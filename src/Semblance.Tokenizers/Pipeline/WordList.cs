namespace Semblance.Tokenizers;

/// <summary>The words of a text; pre-tokenizers replace them by finer ones.</summary>
public sealed class WordList
{
    private Word[] _words = new Word[64];
    private Word[] _previous = new Word[64];
    private int _count;

    /// <summary>The words in the order of the text.</summary>
    public ReadOnlySpan<Word> Words => _words.AsSpan(0, _count);

    /// <summary>Empties the list and returns what was in it, valid until the next call.</summary>
    public ReadOnlySpan<Word> Restart()
    {
        (_words, _previous) = (_previous, _words);
        var old = _previous.AsSpan(0, _count);
        _count = 0;
        return old;
    }

    /// <summary>Appends a word.</summary>
    public void Add(Word word)
    {
        if (_count == _words.Length)
        {
            Array.Resize(ref _words, _count * 2);
        }

        _words[_count++] = word;
    }
}
