using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Decoders;

/// <summary>
/// Represents a decoder, which converts tokens to text: the last component of the pipeline. Implementations are thread-safe; a program can
/// derive its own and add it to <see cref="Types"/>.
/// </summary>
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

    /// <summary>Returns the text of tokens.</summary>
    /// <param name="tokens">The tokens; the list can be changed.</param>
    public string Decode(List<string> tokens) => string.Concat(DecodeChain(tokens));

    /// <summary>Returns the parts of the text that tokens become; a next decoder takes them as its tokens.</summary>
    /// <param name="tokens">The tokens; the list can be changed.</param>
    public abstract List<string> DecodeChain(List<string> tokens);

    /// <summary>Gets the maximum ratio of the length of the text to that of the tokens; 1 by default.</summary>
    public virtual double Growth => 1;

    /// <summary>Makes a decoder from a section of <c>tokenizer.json</c>.</summary>
    /// <param name="json">The section, with the <c>type</c> of the decoder and its settings.</param>
    /// <exception cref="TokenizerFormatException">The type is missing or not supported, or a value is not valid.</exception>
    public static Decoder Read(JsonSection json) => Types.Read(json);

    /// <summary>Replaces each token in a list.</summary>
    /// <param name="tokens">The list, which is changed.</param>
    /// <param name="change">Returns the replacement of a token and its index.</param>
    /// <returns>The list.</returns>
    protected static List<string> Each(List<string> tokens, Func<string, int, string> change)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            tokens[i] = change(tokens[i], i);
        }

        return tokens;
    }
}
