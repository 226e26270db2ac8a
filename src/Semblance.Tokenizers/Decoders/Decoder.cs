using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Decoders;

/// <summary>Turns tokens into parts of a text.</summary>
public abstract class Decoder
{
    /// <summary>Gets the types of decoders, to which a program can add its own.</summary>
    public static ComponentTypes<Decoder> Types { get; } = new ComponentTypes<Decoder>()
        .Add("BPEDecoder", json => new BpeDecoder(json.Text("suffix", "</w>")), "suffix")
        .Add("ByteFallback", _ => new ByteFallbackDecoder())
        .Add("ByteLevel", _ => new ByteLevelDecoder(), new KnownKeys().Ignored("add_prefix_space", "trim_offsets", "use_regex"))
        .Add("CTC", CtcDecoder.Read, "cleanup", "pad_token", "word_delimiter_token")
        .Add("Fuse", _ => new FuseDecoder())
        .Add("Metaspace", MetaspaceDecoder.Read, Metaspace.Keys.Ignored("split"))
        .Add("Replace", ReplaceDecoder.Read, "content", "pattern")
        .Add("Sequence", json => new DecoderSequence([.. json.Parts("decoders").Select(Read)]), "decoders")
        .Add("Strip", StripDecoder.Read, "content", "start", "stop")
        .Add("WordPiece", json => new WordPieceDecoder(json.Text("prefix", "##"), json.Flag("cleanup", true)), "cleanup", "prefix");

    /// <summary>The text of tokens.</summary>
    public string Decode(List<string> tokens) => string.Concat(DecodeChain(tokens));

    /// <summary>The parts that tokens become; the list may be changed.</summary>
    public abstract List<string> DecodeChain(List<string> tokens);

    /// <summary>How many times as long as the tokens the text can be.</summary>
    public virtual double Growth => 1;

    /// <summary>Makes a decoder from a section of <c>tokenizer.json</c>.</summary>
    /// <param name="json">The section, with the <c>type</c> of the decoder and its settings.</param>
    /// <exception cref="TokenizerFormatException">The type is missing or not supported, or a value is not valid.</exception>
    public static Decoder Read(JsonSection json) => Types.Read(json);

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
