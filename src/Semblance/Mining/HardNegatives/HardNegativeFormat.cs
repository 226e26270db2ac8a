namespace Semblance;

/// <summary>Specifies what a row of <see cref="HardNegativeWriter"/> holds.</summary>
public enum HardNegativeFormat
{
    /// <summary>An anchor, a positive and a negative.</summary>
    Triplet,

    /// <summary>An anchor, a positive and all negatives, each in a column.</summary>
    NTuple,

    /// <summary>As <see cref="NTuple"/>, with a list of the scores of positive and negatives.</summary>
    NTupleScores,

    /// <summary>An anchor, a text, and whether the text is a positive: 1 or 0.</summary>
    LabeledPair,

    /// <summary>An anchor, a list of the positive and the negatives, and a list of their labels.</summary>
    LabeledList,
}
