using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Decoders;

/// <summary>Joins tokens into a text.</summary>
internal abstract class Decoder
{
    /// <summary>The text of tokens.</summary>
    public abstract string Decode(IEnumerable<string> tokens);

    /// <summary>Reads the <c>decoder</c> of a tokenizer.json.</summary>
    public static Decoder Read(JsonSection json) => json.Type() switch
    {
        "WordPiece" => new WordPieceDecoder(json.Text("prefix", "##"), json.Flag("cleanup", true)),
        var type => throw json.Unsupported(type, "WordPiece"),
    };
}
