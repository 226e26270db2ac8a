namespace Semblance.Training;

/// <summary>Specifies a scheme of tags for the strict evaluation of entities.</summary>
public enum TagScheme
{
    /// <summary>Inside and outside; <c>B-</c> only where an entity follows another of its type (Ramshaw and Marcus 1995).</summary>
    IOB1,

    /// <summary>Inside and outside; <c>E-</c> only where an entity is followed by another of its type.</summary>
    IOE1,

    /// <summary>Every entity begins with <c>B-</c>; also named BIO.</summary>
    IOB2,

    /// <summary>Every entity ends with <c>E-</c>.</summary>
    IOE2,

    /// <summary>Begin, inside, end and single; also named BIOES.</summary>
    IOBES,

    /// <summary>Begin, inside, last and unit.</summary>
    BILOU,
}
