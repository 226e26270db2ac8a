namespace Semblance;

/// <summary>Specifies the contents of a row of <see cref="HardNegativeWriter"/>.</summary>
public enum HardNegativeFormat
{
    /// <summary>An anchor, a positive and a negative.</summary>
    Triplet,

    /// <summary>An anchor, a positive and all negatives, each in a column.</summary>
    NTuple,

    /// <summary>The columns of <see cref="NTuple"/> and a list of the scores of the positive and the negatives.</summary>
    NTupleScores,

    /// <summary>An anchor, a text, and a label: 1 if the text is a positive, otherwise 0.</summary>
    LabeledPair,

    /// <summary>An anchor, a list of the positive and the negatives, and a list of their labels.</summary>
    LabeledList,
}
