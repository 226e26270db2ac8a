namespace Semblance;

/// <summary>The parts of a segment, in the order in which they lie in the file.</summary>
internal enum SegmentSection
{
    /// <summary>The vectors as float32, each padded with zeros to whole cache lines.</summary>
    Vectors,

    /// <summary>Where each record starts among the records, and where the last one ends.</summary>
    RecordStarts,

    /// <summary>Ids, texts and labels.</summary>
    Records,

    /// <summary>Which vectors are deleted, a bit each.</summary>
    Deleted,

    /// <summary>The hash table from ids to vectors.</summary>
    Ids,

    /// <summary>The small form of each vector, where there is one.</summary>
    Codes,

    /// <summary>The neighbours of each vector on the lowest layer.</summary>
    Links,

    /// <summary>Where the neighbours of each vector on the upper layers start.</summary>
    UpperStarts,

    /// <summary>The neighbours on the upper layers.</summary>
    UpperLinks,

    /// <summary>Where the records of each node start among the groups; empty where each node has one. Not in the first format.</summary>
    GroupStarts,

    /// <summary>The records that share a node. Not in the first format.</summary>
    Groups,
}
