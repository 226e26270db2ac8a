namespace Semblance.Tokenizers.PostProcessors;

/// <summary>Represents a part of the result of a post-processor: a special token or a text.</summary>
/// <param name="SpecialId">The id of the special token, or -1 for a text.</param>
/// <param name="Sequence">0 for the first text, 1 for the second text of a pair, -1 for a special token.</param>
/// <param name="TypeId">The type id of the tokens of the part.</param>
public readonly record struct TemplatePiece(int SpecialId, int Sequence, int TypeId)
{
    /// <summary>Creates a special token.</summary>
    /// <param name="id">The id of the token.</param>
    /// <param name="typeId">The type id.</param>
    public static TemplatePiece Special(int id, int typeId) => new(id, -1, typeId);

    /// <summary>Creates a part for one of the texts.</summary>
    /// <param name="sequence">0 for the first text, 1 for the second text of a pair.</param>
    /// <param name="typeId">The type id of its tokens.</param>
    public static TemplatePiece Text(int sequence, int typeId) => new(-1, sequence, typeId);
}
