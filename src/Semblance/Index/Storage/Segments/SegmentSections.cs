namespace Semblance;

/// <summary>Provides the names of the sections, for messages.</summary>
internal static class SegmentSections
{
    public static string Name(this SegmentSection section) => section switch
    {
        SegmentSection.RecordStarts => "places of the records",
        SegmentSection.Deleted => "marks of deleted vectors",
        SegmentSection.Links => "links of the lowest layer",
        SegmentSection.UpperStarts => "places of the upper links",
        SegmentSection.UpperLinks => "links of the upper layers",
        SegmentSection.GroupStarts => "places of the records that share a node",
        SegmentSection.Groups => "records that share a node",
        _ => section.ToString().ToLowerInvariant(),
    };
}
