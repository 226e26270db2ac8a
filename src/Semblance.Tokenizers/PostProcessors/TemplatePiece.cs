namespace Semblance.Tokenizers.PostProcessors;

/// <summary>A part of what a post-processor puts together: a special token, or with <see cref="SpecialId"/> -1 a text.</summary>
/// <param name="SpecialId">The special token's id, or -1.</param>
/// <param name="Sequence">0 for the first text, 1 for its pair.</param>
/// <param name="TypeId">The type id of the part's tokens.</param>
public readonly record struct TemplatePiece(int SpecialId, int Sequence, int TypeId)
{
    /// <summary>A special token.</summary>
    public static TemplatePiece Special(int id, int typeId) => new(id, -1, typeId);

    /// <summary>One of the texts.</summary>
    public static TemplatePiece Text(int sequence, int typeId) => new(-1, sequence, typeId);
}
