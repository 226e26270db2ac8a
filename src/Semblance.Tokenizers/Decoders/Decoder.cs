using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Decoders;

/// <summary>Turns tokens into parts of a text.</summary>
internal abstract class Decoder
{
    /// <summary>The text of tokens.</summary>
    public string Decode(List<string> tokens) => string.Concat(Parts(tokens));

    /// <summary>The parts that tokens become; the list may be changed.</summary>
    public abstract List<string> Parts(List<string> tokens);

    /// <summary>How many times as long as the tokens the text can be.</summary>
    public virtual double Growth => 1;

    /// <summary>Reads the <c>decoder</c> of a tokenizer.json.</summary>
    public static Decoder Read(JsonSection json) => json.Type(TokenizerKeys.Decoders) switch
    {
        "BPEDecoder" => new BpeDecoder(json.Text("suffix", "</w>")),
        "ByteFallback" => new ByteFallbackDecoder(),
        "ByteLevel" => new ByteLevelDecoder(),
        "CTC" => new CtcDecoder(json.Text("pad_token", "<pad>"), json.Text("word_delimiter_token", "|"), json.Flag("cleanup", true)),
        "Fuse" => new FuseDecoder(),
        "Metaspace" => MetaspaceDecoder.Read(json),
        "Replace" => ReplaceDecoder.Read(json),
        "Strip" => StripDecoder.Read(json),
        "WordPiece" => new WordPieceDecoder(json.Text("prefix", "##"), json.Flag("cleanup", true)),
        _ => new DecoderSequence([.. json.Parts("decoders").Select(Read)]),
    };

    /// <summary>Replaces each token by what a function makes of it and its index.</summary>
    protected static List<string> Each(List<string> tokens, Func<string, int, string> change)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            tokens[i] = change(tokens[i], i);
        }

        return tokens;
    }
}
