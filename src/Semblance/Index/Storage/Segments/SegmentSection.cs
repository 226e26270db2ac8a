namespace Semblance;

/// <summary>Specifies the sections of a segment, in the order of the file.</summary>
internal enum SegmentSection
{
    /// <summary>The float32 vectors, each padded with zeros to whole cache lines.</summary>
    Vectors,

    /// <summary>The offset of each record in the records, and the end of the last one.</summary>
    RecordStarts,

    /// <summary>The ids, texts and labels.</summary>
    Records,

    /// <summary>The bits of deleted vectors.</summary>
    Deleted,

    /// <summary>The hash table from ids to vectors.</summary>
    Ids,

    /// <summary>The quantized code of each vector, if the precision is not float32.</summary>
    Codes,

    /// <summary>The neighbors of each vector on the lowest layer.</summary>
    Links,

    /// <summary>The first row of the neighbors of each vector on the upper layers.</summary>
    UpperStarts,

    /// <summary>The neighbors on the upper layers.</summary>
    UpperLinks,

    /// <summary>The offset of each node's records in the groups; empty if each node has one record. Not in version 1.</summary>
    GroupStarts,

    /// <summary>The records that share a node. Not in version 1.</summary>
    Groups,
}
